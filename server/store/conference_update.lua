-- Replaces what is known of a meeting at an expected revision; its people and its time stay.
-- KEYS: conference, events. ARGV: id, case, unit, expected revision, json, schema, what, events kept.
local rev = redis.call('HGET', KEYS[1], 'rev')
if not rev then return {'missing'} end
if rev ~= ARGV[4] then return {'revision'} end
redis.call('HSET', KEYS[1], 'v', ARGV[6], 'json', ARGV[5])
redis.call('HINCRBY', KEYS[1], 'rev', 1)
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[8], '*', 'kind', 'conference', 'what', ARGV[7], 'conference', ARGV[1], 'case', ARGV[2], 'unit', ARGV[3])
return {'ok'}
