-- Moves rows whose time has come back into the outbox. KEYS: outbox, due. ARGV: now ms, how many at most.
local rows = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, row in ipairs(rows) do
  redis.call('ZREM', KEYS[2], row)
  redis.call('XADD', KEYS[1], '*', 'row', row)
end
return #rows
