-- Removes a person's own feed. KEYS: feed, all own feeds, the person's, events. ARGV: id, events kept.
if redis.call('DEL', KEYS[1]) == 0 then return {'missing'} end
redis.call('SREM', KEYS[2], ARGV[1])
redis.call('SREM', KEYS[3], ARGV[1])
redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[2], '*', 'kind', 'feed', 'what', 'removed')
return {'ok'}
