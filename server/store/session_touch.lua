-- Reads a session and starts its idle time anew. KEYS: session. ARGV: now ms.
local found = redis.call('HMGET', KEYS[1], 'json', 'idle', 'expires')
if not found[1] then return {'missing'} end
local left = tonumber(found[3]) - tonumber(ARGV[1])
if left <= 0 then
  redis.call('DEL', KEYS[1])
  return {'missing'}
end
local idle = math.min(tonumber(found[2]), left)
-- A write for every request would be a disk write for every request: a tenth of the idle time is exact enough.
if redis.call('PTTL', KEYS[1]) < idle * 0.9 then
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', idle))
end
return {'ok', found[1]}
