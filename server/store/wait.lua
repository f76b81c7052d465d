-- Puts a wish of a case on the waiting list in place of an earlier one, or takes it off. After commit.lua it reads
-- KEYS: wish, wishes, case; ARGV: case, json or '' to take it off, deadline ms, lifetime ms, asked at ms, unit, schema.
local wish, wishes, of = key(), key(), key()
local case, json, deadline, life, at, unit, schema = arg(), arg(), arg(), arg(), arg(), arg(), arg()
if json == '' then
  redis.call('ZREM', wishes, case)
  if redis.call('DEL', wish) == 0 then return {'missing'} end
  announce('waiting', 'stopped', 'case', case, 'unit', unit)
  return {'ok'}
end
if redis.call('EXISTS', of) == 0 then return {'missing'} end
-- An offer that stands goes on standing; what was let pass under another wish may suit this one.
redis.call('HDEL', wish, 'passed')
redis.call('HSET', wish, 'v', schema, 'json', json)
redis.call('HINCRBY', wish, 'rev', 1)
redis.call('PEXPIRE', wish, life)
redis.call('ZREMRANGEBYSCORE', wishes, '-inf', at)
redis.call('ZADD', wishes, deadline, case)
announce('waiting', 'asked', 'case', case, 'unit', unit)
return {'ok'}
