-- Notes that pages of people are open on a node. KEYS: presence of each. ARGV: node, now ms, end ms.
local now = tonumber(ARGV[2])
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, ARGV[3], ARGV[1])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', ARGV[2])
  local last = redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES') -- another node may have noted them for longer
  if last[2] then redis.call('PEXPIRE', key, string.format('%.0f', tonumber(last[2]) - now)) end
end
return {'ok'}
