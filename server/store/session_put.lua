-- Writes a session. KEYS: session, sessions of the person.
-- ARGV: json, idle ms, expires ms, lifetime ms, person, token hash, now ms.
redis.call('HSET', KEYS[1], 'json', ARGV[1], 'idle', ARGV[2], 'expires', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
if ARGV[5] ~= '' then
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[7])
  redis.call('ZADD', KEYS[2], ARGV[3], ARGV[6])
end
return {'ok'}
