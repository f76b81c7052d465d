-- Creates or replaces an account. KEYS: accounts, addresses. ARGV: id, hash of the address, json.
local id, address = ARGV[1], ARGV[2]
local owner = redis.call('HGET', KEYS[2], address)
if owner and owner ~= id then return {'email'} end
local all = redis.call('HGETALL', KEYS[2])
for i = 1, #all, 2 do -- the address that it had before; there are few administrators
  if all[i + 1] == id then redis.call('HDEL', KEYS[2], all[i]) end
end
redis.call('HSET', KEYS[2], address, id)
redis.call('HSET', KEYS[1], id, ARGV[3])
return {'ok'}
