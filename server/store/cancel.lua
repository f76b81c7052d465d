-- Cancels a meeting at an expected revision and frees its people.
-- KEYS: conference, events, outbox, mails; then a reservation set for each person.
-- ARGV: id, case, unit, expected revision, json, schema, reservation, events kept, people; then for each mail five parts:
--       participant, sequence, kind, queued ms, row.
local id = ARGV[1]
local rev = redis.call('HGET', KEYS[1], 'rev')
if not rev then return {'missing'} end
if rev ~= ARGV[4] then return {'revision'} end
redis.call('HSET', KEYS[1], 'v', ARGV[6], 'json', ARGV[5])
redis.call('HINCRBY', KEYS[1], 'rev', 1)
for i = 1, tonumber(ARGV[9]) do
  redis.call('ZREM', KEYS[4 + i], ARGV[7])
end
local at = 10
while at <= #ARGV do
  redis.call('HSET', KEYS[4], ARGV[at], ARGV[at + 1] .. ' queued ' .. ARGV[at + 3] .. ' ' .. ARGV[at + 2])
  redis.call('XADD', KEYS[3], '*', 'row', ARGV[at + 4])
  at = at + 5
end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[8], '*', 'kind', 'conference', 'what', 'cancelled', 'conference', id, 'case', ARGV[2], 'unit', ARGV[3])
return {'ok'}
