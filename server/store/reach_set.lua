-- Keeps or takes away one thing about how a person can be reached.
-- KEYS: reach, events. ARGV: field, ms or '' to take it away, kept ms, what ('': nobody is told), events kept.
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
if ARGV[4] ~= '' then redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], '*', 'kind', 'duty', 'what', ARGV[4]) end
return {'ok'}
