-- Moves a meeting, changes its staff or cancels it, at an expected revision: all or nothing. After commit.lua it reads
-- KEYS: conference, outbox, mails, wish of the case, wishes; ARGV: id, case, unit, expected revision, schema, what, start and end
-- until now, the meeting's reservation until now, '1' when only those who have it are engaged anew; then who is freed: how many,
-- for each the reservations and the id; then the links that end: how many, their keys; then the hold, the claim and one cast.
local conference, outbox, mails, wish, wishes = key(), key(), key(), key(), key()
local id, case, unit, expected, schema, what = arg(), arg(), arg(), arg(), arg(), arg()
local first, last, before, only = arg(), arg(), arg(), arg()
local leaving, ending = {}, {}
for i = 1, tonumber(arg()) do leaving[i] = { busy = key(), id = arg() } end
for i = 1, tonumber(arg()) do ending[i] = key() end
local h, c, list = hold(), claim(), casts()
local cast = list[1]

local again = replayed()
if again then return again end
local rev = redis.call('HGET', conference, 'rev')
if not rev then return {'missing'} end
if rev ~= expected then return {'revision'} end
if only == '1' then
  -- Whoever came by themselves or was added by hand was never reserved.
  for i = 1, c.n do c.skip[i] = not redis.call('ZSCORE', busy(c, i), before) end
end
local n, taken = choose(c, list)
if not n then return taken end

redis.call('HSET', conference, 'v', schema, 'json', cast.json)
redis.call('HINCRBY', conference, 'rev', 1)
local freed = {}
for _, p in ipairs(leaving) do
  if redis.call('ZREM', p.busy, before) == 1 then freed[#freed + 1] = p.id end
end
for _, link in ipairs(ending) do redis.call('DEL', link) end
use_up(h, c, cast)
reserve(c, cast, id, outbox, mails)
if what == 'moved' then granted(case, wish, wishes) end
announce('conference', what, 'conference', id, 'case', case, 'unit', unit, 'freed', table.concat(freed, ' '), 'from', first, 'to', last)
remember(cast.json)
return {'ok', '1'}
