-- Forgets a device of a person. KEYS: all devices, the person's. ARGV: id, person.
redis.call('HDEL', KEYS[2], ARGV[1], ARGV[1] .. ':ok', ARGV[1] .. ':failed')
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
return {'ok'}
