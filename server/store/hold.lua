-- Holds the time of the first cast that is free: all or nothing. After commit.lua it reads
-- KEYS: hold, holds by expiry, holds of the owner, wish of the case; ARGV: id, owner, unit, case, until ms, lifetime ms, how much
-- longer it is known, how many an owner may have, '1' when it is an offer to who waits, schema; then the hold that it takes the
-- place of, the claim and the casts.
local entity, due, of, wish = key(), key(), key(), key()
local id, owner, unit, case = arg(), arg(), arg(), arg()
local til, life, longer, most, offer, schema = arg(), tonumber(arg()), tonumber(arg()), tonumber(arg()), arg(), arg()
local h, c, list = hold(), claim(), casts()

local again = replayed()
if again then return again end
if redis.call('EXISTS', entity) == 1 then return {'exists'} end
if offer == '1' then
  local has = redis.call('HMGET', wish, 'json', 'until')
  if not has[1] then return {'missing'} end
  if has[2] and tonumber(has[2]) > c.now then return {'exists'} end
else
  local living = '(' .. string.format('%.0f', c.now)
  local own = h.id ~= '' and redis.call('ZSCORE', h.of, h.id)
  if own and tonumber(own) > c.now then most = most + 1 end
  if redis.call('ZCOUNT', of, living, '+inf') >= most then return {'full'} end
end
local n, taken = choose(c, list)
if not n then return taken end

local cast = list[n]
if h.id ~= '' and redis.call('EXISTS', h.key) == 1 then let_go(h, 'released', {}) end
redis.call('HSET', entity, 'v', schema, 'rev', '1', 'json', cast.json, 'until', til)
redis.call('PEXPIRE', entity, life + longer)
redis.call('ZADD', due, til, id)
for _, i in ipairs(cast.people) do
  local set = held(c, i)
  local all = redis.call('HGETALL', set)
  for j = 1, #all, 2 do
    local _, _, ends = hold_parts(all[j + 1])
    if tonumber(ends) <= c.now then redis.call('HDEL', set, all[j]) end
  end
  redis.call('HSET', set, id, c.first .. ' ' .. c.last .. ' ' .. til .. ' ' .. owner .. ' ' .. unit)
  if redis.call('PTTL', set) < life then redis.call('PEXPIRE', set, life) end
end
local what = 'held'
if offer == '1' then
  what = 'offered'
  redis.call('HSET', wish, 'offer', id, 'until', til)
else
  redis.call('ZREMRANGEBYSCORE', of, '-inf', string.format('%.0f', c.now))
  redis.call('ZADD', of, til, id)
  if redis.call('PTTL', of) < life then redis.call('PEXPIRE', of, life) end
end
announce('hold', what, 'hold', id, 'case', case, 'unit', unit)
remember(cast.json)
return {'ok', tostring(n)}
