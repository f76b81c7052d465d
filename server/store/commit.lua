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

-- Who is wanted from when to when, and the asker's own time that is not in the way: a reservation that is given up, a hold.
local function claim()
  local c = { now = tonumber(arg()), first = arg(), last = arg(), mine = arg(), hold = arg(), people = {} }
  for i = 1, tonumber(arg()) do
    c.people[i] = { busy = key(), held = key(), id = arg(), from = arg(), to = arg(), most = arg() }
  end
  c.before = '(' .. c.last
  return c
end

-- The casts in the order in which they are wanted; each with the people of the claim by number, its links and its mails.
local function casts()
  local list = {}
  for n = 1, tonumber(arg()) do
    local c = { json = arg(), people = {}, links = {}, mails = {} }
    for i = 1, tonumber(arg()) do c.people[i] = tonumber(arg()) end
    for i = 1, tonumber(arg()) do c.links[i] = { key = key(), participant = arg(), expires = arg(), life = arg() } end
    for i = 1, tonumber(arg()) do c.mails[i] = { participant = arg(), sequence = arg(), kind = arg(), queued = arg(), row = arg() } end
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
  local busy, first = c.people[i].busy, tonumber(c.first)
  local nearest = redis.call('ZREVRANGEBYSCORE', busy, c.before, '-inf', 'LIMIT', 0, 1)[1]
  if not nearest or tonumber(string.match(nearest, '^%d+')) <= first then return end
  local from, done = 0, false
  while not done do
    local near = redis.call('ZREVRANGEBYSCORE', busy, c.before, '-inf', 'WITHSCORES', 'LIMIT', from, 8)
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
  local p, held, n = c.people[i], redis.call('HGETALL', c.people[i].held), 0
  for j = 1, #held, 2 do
    local begins, ends, til, whose = hold_parts(held[j + 1])
    if tonumber(til) > c.now and held[j] ~= c.hold then
      if tonumber(begins) < tonumber(c.last) and tonumber(ends) > tonumber(c.first) then
        because(taken, i, 'held', begins, ends, held[j], til .. ' ' .. whose)
      end
      if p.most ~= '' and tonumber(begins) >= tonumber(p.from) and tonumber(begins) < tonumber(p.to) then n = n + 1 end
    end
  end
  return n
end

-- A hold counts as the meeting that it may become: else one that was granted could not be booked.
local function look_week(c, i, taken, holds)
  local p = c.people[i]
  local full = holds + redis.call('ZCOUNT', p.busy, p.from, '(' .. p.to)
  local own = c.mine ~= '' and redis.call('ZSCORE', p.busy, c.mine)
  if own and tonumber(own) >= tonumber(p.from) and tonumber(own) < tonumber(p.to) then full = full - 1 end
  if full >= tonumber(p.most) then because(taken, i, 'cap', p.from, p.to, p.most, '') end
end

-- Adds to taken all that keeps the i-th person from the claim.
local function look(c, i, taken)
  local p, holds = c.people[i], 0
  if p.skip then return end
  look_booked(c, i, taken)
  if c.holds then holds = look_held(c, i, taken) end
  if p.most ~= '' then look_week(c, i, taken, holds) end
end

-- The first cast of which nobody is engaged; else nothing, and all that is in the way of each.
local function choose(c, list)
  local taken, free, held = {'taken'}, {}, {}
  for i, p in ipairs(c.people) do held[i] = p.held end
  c.holds = #held > 0 and redis.call('EXISTS', unpack(held)) > 0 -- mostly nobody is held: one question instead of many
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
    local p = c.people[i]
    if not p.skip then redis.call('ZADD', p.busy, c.first, c.last .. '|' .. id) end
  end
  for _, l in ipairs(cast.links) do
    redis.call('HSET', l.key, 'conference', id, 'participant', l.participant, 'expires', l.expires)
    redis.call('PEXPIRE', l.key, l.life)
  end
  local status = {}
  for _, m in ipairs(cast.mails) do
    status[#status + 1] = m.participant
    status[#status + 1] = m.sequence .. ' queued ' .. m.queued .. ' ' .. m.kind
    redis.call('XADD', outbox, '*', 'row', m.row)
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
  local staying = {}
  for _, i in ipairs(cast.people) do staying[c.people[i].id] = true end
  let_go(h, 'used', staying)
end

-- The wish on the waiting list of a case ends when a meeting is booked or moved for it.
local function granted(case, wish, wishes)
  if case == '' then return end
  redis.call('DEL', wish)
  redis.call('ZREM', wishes, case)
end
