-- The generic cell rate algorithm (ITU-T I.371 annex A): one number tells when the bucket will be empty again.
-- KEYS: limit. ARGV: now µs, n, period µs. Numbers are written with %.0f, for %.14g would round microseconds.
local now, n, per = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local empty = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local after = empty + math.floor(per / n)
if after - per > now then return {'later', string.format('%.0f', after - per - now)} end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', string.format('%.0f', math.ceil((after - now) / 1000)))
return {'ok', '0'}
