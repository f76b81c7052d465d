-- Adds a person's own feed. KEYS: feed, all own feeds, the person's, events, idempotency.
-- ARGV: id, json, schema, most a person may have, idempotency key, body hash, answer kept ms, events kept.
local remember = ARGV[5] ~= ''
if remember then
  local body = redis.call('HGET', KEYS[5], 'body')
  if body then
    if body ~= ARGV[6] then return {'mismatch'} end
    return {'replay', redis.call('HGET', KEYS[5], 'answer')}
  end
end
if redis.call('EXISTS', KEYS[1]) == 1 then return {'exists'} end
if redis.call('SCARD', KEYS[3]) >= tonumber(ARGV[4]) then return {'full'} end
redis.call('HSET', KEYS[1], 'v', ARGV[3], 'rev', '1', 'json', ARGV[2])
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('SADD', KEYS[3], ARGV[1])
redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[8], '*', 'kind', 'feed', 'what', 'added')
if remember then
  redis.call('HSET', KEYS[5], 'body', ARGV[6], 'answer', ARGV[1])
  redis.call('PEXPIRE', KEYS[5], ARGV[7])
end
return {'ok', ARGV[1]}
