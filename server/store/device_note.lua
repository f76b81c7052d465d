-- Notes how a push to a device went; of one that is gone nothing. KEYS: the person's devices. ARGV: id, ok ('1' or ''), at ms.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return {'ok'} end
if ARGV[2] == '1' then
  redis.call('HSET', KEYS[1], ARGV[1] .. ':ok', ARGV[3])
  redis.call('HDEL', KEYS[1], ARGV[1] .. ':failed')
else
  redis.call('HINCRBY', KEYS[1], ARGV[1] .. ':failed', 1)
end
return {'ok'}
