-- Creates a case. KEYS: case, open cases, codes, events, idempotency.
-- ARGV: id, code, json, schema, created ms, origin, idempotency key, body hash, answer kept ms, events kept.
local id, code, json = ARGV[1], ARGV[2], ARGV[3]
local remember = ARGV[7] ~= ''
if remember then
  local body = redis.call('HGET', KEYS[5], 'body')
  if body then
    if body ~= ARGV[8] then return {'mismatch'} end
    return {'replay', redis.call('HGET', KEYS[5], 'answer')}
  end
end
if redis.call('EXISTS', KEYS[1]) == 1 then return {'exists'} end
if redis.call('HSETNX', KEYS[3], code, id) == 0 then return {'code'} end
redis.call('HSET', KEYS[1], 'v', ARGV[4], 'rev', '1', 'json', json, 'code', code, 'conferences', '')
redis.call('ZADD', KEYS[2], ARGV[5], id)
redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[10], '*', 'kind', 'case', 'what', 'created', 'case', id, 'unit', ARGV[6])
if remember then
  redis.call('HSET', KEYS[5], 'body', ARGV[8], 'answer', json)
  redis.call('PEXPIRE', KEYS[5], ARGV[9])
end
return {'ok'}
