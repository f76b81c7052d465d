-- Sets or takes away a person's painted hours at an expected revision; the revision counts on when they are gone, so that an
-- old one never fits again. KEYS: hours, people with hours, events.
-- ARGV: person, json or '' to take them away, schema, expected revision, events kept.
local rev = redis.call('HGET', KEYS[1], 'rev') or '0'
if rev ~= ARGV[4] then return {'revision'} end
redis.call('HSET', KEYS[1], 'v', ARGV[3], 'json', ARGV[2])
rev = redis.call('HINCRBY', KEYS[1], 'rev', 1)
if ARGV[2] == '' then
  redis.call('SREM', KEYS[2], ARGV[1])
else
  redis.call('SADD', KEYS[2], ARGV[1])
end
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[5], '*', 'kind', 'feed', 'what', 'hours')
return {'ok', tostring(rev)}
