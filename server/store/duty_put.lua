-- Writes or takes away what somebody said about a role; what has ended goes with it, and the key with the last.
-- KEYS: declarations, events. ARGV: field, entry or '' to take it away, now ms, what, unit, events kept.
-- An entry is its end in ms, a space and the json.
local now, last = tonumber(ARGV[3]), 0
local there = redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local ends = tonumber(string.match(all[i + 1], '^%d+'))
  if ends <= now then
    redis.call('HDEL', KEYS[1], all[i])
  elseif ends > last then
    last = ends
  end
end
if last > 0 then redis.call('PEXPIRE', KEYS[1], string.format('%.0f', last - now)) end
if there or ARGV[2] ~= '' then
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[6], '*', 'kind', 'duty', 'what', ARGV[4], 'unit', ARGV[5])
end
return {'ok'}
