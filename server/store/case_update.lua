-- Replaces a case at an expected revision. KEYS: case, open cases, codes, events.
-- ARGV: id, code, json, schema, created ms, origin, expected revision, open ('1' or ''), what, events kept.
local id, code = ARGV[1], ARGV[2]
local rev = redis.call('HGET', KEYS[1], 'rev')
if not rev then return {'missing'} end
if rev ~= ARGV[7] then return {'revision'} end
local owner = redis.call('HGET', KEYS[3], code)
if ARGV[8] == '1' and owner and owner ~= id then return {'code'} end

local before = redis.call('HGET', KEYS[1], 'code')
if redis.call('HGET', KEYS[3], before) == id then redis.call('HDEL', KEYS[3], before) end
if ARGV[8] == '1' then
  redis.call('HSET', KEYS[3], code, id)
  redis.call('ZADD', KEYS[2], ARGV[5], id)
else
  redis.call('ZREM', KEYS[2], id)
end
redis.call('HSET', KEYS[1], 'v', ARGV[4], 'json', ARGV[3], 'code', code)
redis.call('HINCRBY', KEYS[1], 'rev', 1)
redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[10], '*', 'kind', 'case', 'what', ARGV[9], 'case', id, 'unit', ARGV[6])
return {'ok', redis.call('HGET', KEYS[1], 'conferences')}
