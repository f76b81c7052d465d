-- Books a meeting: all or nothing.
-- KEYS: conference, idempotency, case, events, outbox, mails; then a reservation set for each person, an invitation for each.
-- ARGV: id, case, unit, case revision, json, schema, start ms, end ms, idempotency key, body hash, answer kept ms, events kept,
--       people, invitations; then participant, expires ms, lifetime ms for each invitation; then for each mail five parts:
--       participant, sequence, kind, queued ms, row.
local id, case, json = ARGV[1], ARGV[2], ARGV[5]
local first, last = ARGV[7], ARGV[8]
local people, invitations = tonumber(ARGV[13]), tonumber(ARGV[14])
local fixed = 6

if ARGV[9] ~= '' then
  local body = redis.call('HGET', KEYS[2], 'body')
  if body then
    if body ~= ARGV[10] then return {'mismatch'} end
    return {'replay', redis.call('HGET', KEYS[2], 'answer')}
  end
end
if redis.call('EXISTS', KEYS[1]) == 1 then return {'exists'} end
local rev = '0'
if case ~= '' then
  rev = redis.call('HGET', KEYS[3], 'rev')
  if not rev then return {'missing'} end
end

-- The reservations of one person never overlap, so walking back from our end we may stop at the first that ends by our start.
local taken = {'taken'}
for i = 1, people do
  local from, done = 0, false
  while not done do
    local near = redis.call('ZREVRANGEBYSCORE', KEYS[fixed + i], '(' .. last, '-inf', 'WITHSCORES', 'LIMIT', from, 8)
    done = #near < 16
    for j = 1, #near, 2 do
      if tonumber(string.match(near[j], '^%d+')) <= tonumber(first) then
        done = true
        break
      end
      taken[#taken + 1] = tostring(i)
      taken[#taken + 1] = near[j]
      taken[#taken + 1] = near[j + 1]
    end
    from = from + 8
  end
end
if #taken > 1 then return taken end
-- After the overlap: who lost the race for a start is told who is taken, not only that the case has changed.
if case ~= '' and ARGV[4] ~= '0' and rev ~= ARGV[4] then return {'revision'} end

redis.call('HSET', KEYS[1], 'v', ARGV[6], 'rev', '1', 'json', json)
for i = 1, people do
  redis.call('ZADD', KEYS[fixed + i], first, last .. '|' .. id)
end
if case ~= '' then
  local before = redis.call('HGET', KEYS[3], 'conferences')
  if before and before ~= '' then before = before .. ' ' else before = '' end
  redis.call('HSET', KEYS[3], 'conferences', before .. id)
  redis.call('HINCRBY', KEYS[3], 'rev', 1)
end
local at = 15
for i = 1, invitations do
  local key = KEYS[fixed + people + i]
  redis.call('HSET', key, 'conference', id, 'participant', ARGV[at], 'expires', ARGV[at + 1])
  redis.call('PEXPIRE', key, ARGV[at + 2])
  at = at + 3
end
while at <= #ARGV do
  redis.call('HSET', KEYS[6], ARGV[at], ARGV[at + 1] .. ' queued ' .. ARGV[at + 3] .. ' ' .. ARGV[at + 2])
  redis.call('XADD', KEYS[5], '*', 'row', ARGV[at + 4])
  at = at + 5
end
redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[12], '*', 'kind', 'conference', 'what', 'booked', 'conference', id, 'case', case, 'unit', ARGV[3])
if ARGV[9] ~= '' then
  redis.call('HSET', KEYS[2], 'body', ARGV[10], 'answer', json)
  redis.call('PEXPIRE', KEYS[2], ARGV[11])
end
return {'ok'}
