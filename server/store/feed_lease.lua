-- Takes the right to fetch a feed and reads its state. KEYS: lease, states. ARGV: feed's key, owner, lease ms.
if not redis.call('SET', KEYS[1], ARGV[2], 'NX', 'PX', ARGV[3]) then return {'held'} end
return {'ok', redis.call('HGET', KEYS[2], ARGV[1]) or ''}
