-- Replaces what is known of a meeting at an expected revision, with the links that begin and end and the mails of that change.
-- KEYS: conference, events, outbox, mails; then the invitations that end, then those that begin.
-- ARGV: id, case, unit, expected revision, json, schema, what, events kept, people as words, ending, beginning; then participant,
--       expires ms, lifetime ms for each that begins; then for each mail five parts: participant, sequence, kind, queued ms, row.
local id, ending, beginning = ARGV[1], tonumber(ARGV[10]), tonumber(ARGV[11])
local fixed = 4
local rev = redis.call('HGET', KEYS[1], 'rev')
if not rev then return {'missing'} end
if rev ~= ARGV[4] then return {'revision'} end
redis.call('HSET', KEYS[1], 'v', ARGV[6], 'json', ARGV[5])
redis.call('HINCRBY', KEYS[1], 'rev', 1)
for i = 1, ending do redis.call('DEL', KEYS[fixed + i]) end
local at = 12
for i = 1, beginning do
  local key = KEYS[fixed + ending + i]
  redis.call('HSET', key, 'conference', id, 'participant', ARGV[at], 'expires', ARGV[at + 1])
  redis.call('PEXPIRE', key, ARGV[at + 2])
  at = at + 3
end
while at <= #ARGV do
  redis.call('HSET', KEYS[4], ARGV[at], ARGV[at + 1] .. ' queued ' .. ARGV[at + 3] .. ' ' .. ARGV[at + 2])
  redis.call('XADD', KEYS[3], '*', 'row', ARGV[at + 4])
  at = at + 5
end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[8], '*', 'kind', 'conference', 'what', ARGV[7], 'conference', id, 'case', ARGV[2], 'unit', ARGV[3], 'people', ARGV[9])
return {'ok'}
