-- Ends a hold that is given back, or whose time is over. After commit.lua it reads
-- KEYS: wish of the case; ARGV: 'released' or 'expired', now ms, '1' when it is an offer; then the hold.
local wish = key()
local what, now, offer = arg(), tonumber(arg()), arg()
local h = hold()
local til = redis.call('HGET', h.key, 'until')
if not til then
  redis.call('ZREM', h.due, h.id)
  return {'missing'}
end
if what == 'expired' and tonumber(til) > now then return {'revision'} end -- it was extended meanwhile
if offer == '1' and redis.call('HGET', wish, 'offer') == h.id then
  -- Who let an offer pass is not offered the same start again.
  local passed = redis.call('HGET', wish, 'passed')
  if passed and passed ~= '' then passed = passed .. ' ' else passed = '' end
  redis.call('HDEL', wish, 'offer', 'until')
  redis.call('HSET', wish, 'passed', string.sub(passed .. h.first, -700))
end
let_go(h, what, {})
return {'ok'}
