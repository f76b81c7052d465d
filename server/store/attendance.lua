-- Appends events to a ledger; one that is among the last is a repeated call and is left out.
-- KEYS: ledger. ARGV: how far to look, then the events.
local known = {}
for _, entry in ipairs(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', ARGV[1])) do
  known[entry[2][2]] = true
end
for i = 2, #ARGV do
  if not known[ARGV[i]] then redis.call('XADD', KEYS[1], '*', 'e', ARGV[i]) end
end
return {'ok'}
