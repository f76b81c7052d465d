-- Lets a hold live on. After commit.lua it reads
-- KEYS: holds of the owner, wish of the case; ARGV: revision that the caller knows, how often it may be extended, now ms, until ms,
-- lifetime ms, how much longer it is known, '1' when it is an offer, owner and unit as they stand in a person's hash; then the hold.
local of, wish = key(), key()
local known, most, now, til = tonumber(arg()), tonumber(arg()), tonumber(arg()), arg()
local life, longer, offer, whose = tonumber(arg()), tonumber(arg()), arg(), arg()
local h = hold()

local has = redis.call('HMGET', h.key, 'rev', 'until')
if not has[1] or tonumber(has[2]) <= now then return {'missing'} end
local rev = tonumber(has[1])
if rev == known + 1 then return {'ok', has[1], has[2]} end -- asked again, for the first answer was lost
if rev ~= known then return {'revision'} end
if rev > most then return {'full'} end
if tonumber(til) < tonumber(has[2]) then til, life = has[2], tonumber(has[2]) - now end

redis.call('HSET', h.key, 'until', til)
redis.call('HINCRBY', h.key, 'rev', 1)
redis.call('PEXPIRE', h.key, life + longer)
redis.call('ZADD', h.due, til, h.id)
for _, p in ipairs(h.people) do
  redis.call('HSET', p.held, h.id, h.first .. ' ' .. h.last .. ' ' .. til .. ' ' .. whose)
  if redis.call('PTTL', p.held) < life then redis.call('PEXPIRE', p.held, life) end
end
if offer == '1' then
  if redis.call('HGET', wish, 'offer') == h.id then redis.call('HSET', wish, 'until', til) end
else
  redis.call('ZADD', of, til, h.id)
  if redis.call('PTTL', of) < life then redis.call('PEXPIRE', of, life) end
end
announce('hold', 'extended', 'hold', h.id, 'case', h.case, 'unit', h.unit)
return {'ok', tostring(rev + 1), til}
