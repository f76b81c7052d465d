-- Binds a personal link to the first browser that takes it. KEYS: invitation. ARGV: browser.
if redis.call('EXISTS', KEYS[1]) == 0 then return {'missing'} end
redis.call('HSETNX', KEYS[1], 'browser', ARGV[1])
if redis.call('HGET', KEYS[1], 'browser') ~= ARGV[1] then return {'exists'} end
return {'ok'}
