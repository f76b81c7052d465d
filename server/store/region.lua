-- Replaces the region. KEYS: region, events. ARGV: schema, json, events kept.
redis.call('HSET', KEYS[1], 'v', ARGV[1], 'json', ARGV[2])
local rev = redis.call('HINCRBY', KEYS[1], 'rev', 1)
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'kind', 'region', 'what', 'imported')
return {'ok', tostring(rev)}
