-- What every script that commits time begins with. It reads KEYS and ARGV one after the other, in the order in which commit.go
-- writes them.
local key_at, arg_at = 0, 0
local function key()
  key_at = key_at + 1
  return KEYS[key_at]
end
local function arg()
  arg_at = arg_at + 1
  return ARGV[arg_at]
end

local answers, asked, body, answers_kept = key(), arg(), arg(), arg()
local events, events_kept = key(), arg()

-- The first answer to a request that is repeated, or nothing.
local function replayed()
  if asked == '' then return nil end
  local before = redis.call('HGET', answers, 'body')
  if not before then return nil end
  if before ~= body then return {'mismatch'} end
  return {'replay', redis.call('HGET', answers, 'answer')}
end

local function remember(answer)
  if asked == '' then return end
  redis.call('HSET', answers, 'body', body, 'answer', answer)
  redis.call('PEXPIRE', answers, answers_kept)
end

local function announce(kind, what, ...)
  redis.call('XADD', events, 'MAXLEN', '~', events_kept, '*', 'kind', kind, 'what', what, ...)
end

-- Who is wanted from when to when, and the asker's own time that is not in the way: a reservation that is given up, a hold. Each
-- person has two keys, which stay where they are; all ids are one argument, and so are all weeks, for each argument costs more than
-- a look at a set.
local function claim()
  local c = { now = tonumber(arg()), first = arg(), last = arg(), mine = arg(), hold = arg(), n = tonumber(arg()), ids = arg(), weeks = {}, skip = {} }
  for i, from, to, most in string.gmatch(arg(), '(%d+) (%-?%d+) (%-?%d+) (%-?%d+)') do
    c.weeks[tonumber(i)] = { from = from, to = to, most = tonumber(most) }
  end
  c.before, c.keys = '(' .. c.last, key_at
  key_at = key_at + 2 * c.n
  return c
end
local function busy(c, i) return KEYS[c.keys + 2 * i - 1] end
local function held(c, i) return KEYS[c.keys + 2 * i] end

-- The casts in the order in which they are wanted: each with the people of the claim by number, its links (a key and three arguments
-- for each) and its mails (three arguments), which are read of the one that is chosen only.
local function casts()
  local list = {}
  for n = 1, tonumber(arg()) do
    local c = { json = arg(), people = {} }
    for i in string.gmatch(arg(), '%d+') do c.people[#c.people + 1] = tonumber(i) end
    c.links, c.link_keys = tonumber(arg()), key_at
    c.link_args, key_at, arg_at = arg_at, key_at + c.links, arg_at + 3 * c.links
    c.mails = tonumber(arg())
    c.mail_args, arg_at = arg_at, arg_at + 3 * c.mails
    list[n] = c
  end
  return list
end

-- The parts of a hold that stands in the hash of a person, by the hold's id: start, end, until, then owner and unit.
local function hold_parts(text)
  local first, last, ends, whose = string.match(text, '^(%d+) (%d+) (%d+) (.*)$')
  return first, last, ends, whose
end

-- Adds to taken, in six parts, why the i-th person cannot.
local function because(taken, i, ...)
  taken[#taken + 1] = tostring(i)
  for _, part in ipairs({...}) do taken[#taken + 1] = part end
end

-- Reservations of one person never overlap, so walking back from our end we may stop at the first that ends by our start. Mostly that
-- is the first of all.
local function look_booked(c, i, taken)
  local set, first = busy(c, i), tonumber(c.first)
  local nearest = redis.call('ZREVRANGEBYSCORE', set, c.before, '-inf', 'LIMIT', 0, 1)[1]
  if not nearest or tonumber(string.match(nearest, '^%d+')) <= first then return end
  local from, done = 0, false
  while not done do
    local near = redis.call('ZREVRANGEBYSCORE', set, c.before, '-inf', 'WITHSCORES', 'LIMIT', from, 8)
    done = #near < 16
    for j = 1, #near, 2 do
      local ends, id = string.match(near[j], '^(%d+)|(.*)$')
      if tonumber(ends) <= first then
        done = true
        break
      end
      if near[j] ~= c.mine then because(taken, i, 'booked', near[j + 1], ends, id, '') end
    end
    from = from + 8
  end
end

-- Others' holds that live; returns how many of them begin in the person's week.
local function look_held(c, i, taken)
  local all, week, n = redis.call('HGETALL', held(c, i)), c.weeks[i], 0
  for j = 1, #all, 2 do
    local begins, ends, til, whose = hold_parts(all[j + 1])
    if tonumber(til) > c.now and all[j] ~= c.hold then
      if tonumber(begins) < tonumber(c.last) and tonumber(ends) > tonumber(c.first) then
        because(taken, i, 'held', begins, ends, all[j], til .. ' ' .. whose)
      end
      if week and tonumber(begins) >= tonumber(week.from) and tonumber(begins) < tonumber(week.to) then n = n + 1 end
    end
  end
  return n
end

-- A hold counts as the meeting that it may become: else one that was granted could not be booked.
local function look_week(c, i, taken, holds)
  local week = c.weeks[i]
  if not week then return end
  local full = holds + redis.call('ZCOUNT', busy(c, i), week.from, '(' .. week.to)
  local own = c.mine ~= '' and redis.call('ZSCORE', busy(c, i), c.mine)
  if own and tonumber(own) >= tonumber(week.from) and tonumber(own) < tonumber(week.to) then full = full - 1 end
  if full >= week.most then because(taken, i, 'cap', week.from, week.to, tostring(week.most), '') end
end

-- Adds to taken all that keeps the i-th person from the claim.
local function look(c, i, taken)
  if c.skip[i] then return end
  look_booked(c, i, taken)
  look_week(c, i, taken, c.holds and look_held(c, i, taken) or 0)
end

-- The first cast of which nobody is engaged; else nothing, and all that is in the way of each.
local function choose(c, list)
  local taken, free, all = {'taken'}, {}, {}
  for i = 1, c.n do all[i] = held(c, i) end
  c.holds = c.n > 0 and redis.call('EXISTS', unpack(all)) > 0 -- mostly nobody is held: one question instead of many
  for n, cast in ipairs(list) do
    local good = true
    for _, i in ipairs(cast.people) do
      if free[i] == nil then
        local before = #taken
        look(c, i, taken)
        free[i] = #taken == before
      end
      good = good and free[i]
    end
    if good then return n end
  end
  return nil, taken
end

-- Reserves the claim for a cast and writes its links and mails.
local function reserve(c, cast, id, outbox, mails)
  for _, i in ipairs(cast.people) do
    if not c.skip[i] then redis.call('ZADD', busy(c, i), c.first, c.last .. '|' .. id) end
  end
  for i = 1, cast.links do
    local link, at = KEYS[cast.link_keys + i], cast.link_args + 3 * i
    redis.call('HSET', link, 'conference', id, 'participant', ARGV[at - 2], 'expires', ARGV[at - 1])
    redis.call('PEXPIRE', link, ARGV[at])
  end
  local status = {}
  for i = 1, cast.mails do
    local at = cast.mail_args + 3 * i -- participant, status, row
    status[#status + 1], status[#status + 2] = ARGV[at - 2], ARGV[at - 1]
    redis.call('XADD', outbox, '*', 'row', ARGV[at])
  end
  if #status > 0 then redis.call('HSET', mails, unpack(status)) end
end

-- The hold that a commit uses up; its id is empty when there is none.
local function hold()
  local h = { id = arg(), case = arg(), unit = arg(), first = arg(), last = arg(), key = key(), due = key(), of = key(), people = {} }
  for i = 1, tonumber(arg()) do h.people[i] = { held = key(), id = arg() } end
  return h
end

-- Takes a hold away. What it kept beyond the people who stay engaged then (a set of ids) is free.
local function let_go(h, what, staying)
  local freed = {}
  for _, p in ipairs(h.people) do
    redis.call('HDEL', p.held, h.id)
    if not staying[p.id] then freed[#freed + 1] = p.id end
  end
  redis.call('ZREM', h.due, h.id)
  redis.call('ZREM', h.of, h.id)
  redis.call('DEL', h.key)
  announce('hold', what, 'hold', h.id, 'case', h.case, 'unit', h.unit, 'freed', table.concat(freed, ' '), 'from', h.first, 'to', h.last)
end

-- Uses a hold up for those people of a claim whom a cast books. One that has ended protected nothing and is no error.
local function use_up(h, c, cast)
  if h.id == '' or redis.call('EXISTS', h.key) == 0 then return end
  local ids, staying = {}, {}
  for id in string.gmatch(c.ids, '%S+') do ids[#ids + 1] = id end
  if h.first == c.first and h.last == c.last then
    for _, i in ipairs(cast.people) do staying[ids[i]] = true end
  end
  let_go(h, 'used', staying)
end

-- The wish on the waiting list of a case ends when a meeting is booked or moved for it.
local function granted(case, wish, wishes)
  if case == '' then return end
  redis.call('DEL', wish)
  redis.call('ZREM', wishes, case)
end
