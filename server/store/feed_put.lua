-- Writes the state of a feed and, if there are new ones, its copy and what the fetcher wants back. A new copy without a memory
-- ends the old memory, which speaks of the old copy. KEYS: states, copies, memories, lease.
-- ARGV: feed's key, json, '1' with a copy, copy, memory or '', owner of the lease or ''.
local key = ARGV[1]
if ARGV[6] ~= '' then
  if redis.call('GET', KEYS[4]) ~= ARGV[6] then return {'lease'} end
  redis.call('DEL', KEYS[4])
end
redis.call('HSET', KEYS[1], key, ARGV[2])
if ARGV[3] == '1' then redis.call('HSET', KEYS[2], key, ARGV[4]) end
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[3], key, ARGV[5])
elseif ARGV[3] == '1' then
  redis.call('HDEL', KEYS[3], key)
end
return {'ok'}
