-- Books a meeting with the first cast that is free: all or nothing. After commit.lua it reads
-- KEYS: conference, case, outbox, mails, wish of the case, wishes; ARGV: id, case, unit, case revision, schema;
-- then the hold that is used up, the claim and the casts.
local conference, of, outbox, mails, wish, wishes = key(), key(), key(), key(), key(), key()
local id, case, unit, expected, schema = arg(), arg(), arg(), arg(), arg()
local h, c, list = hold(), claim(), casts()

local again = replayed()
if again then return again end
if redis.call('EXISTS', conference) == 1 then return {'exists'} end
local rev = '0'
if case ~= '' then
  rev = redis.call('HGET', of, 'rev')
  if not rev then return {'missing'} end
end
local n, taken = choose(c, list)
if not n then return taken end
-- After the overlap: who lost the race for a start is told who is taken, not only that the case has changed.
if case ~= '' and expected ~= '0' and rev ~= expected then return {'revision'} end

local cast = list[n]
redis.call('HSET', conference, 'v', schema, 'rev', '1', 'json', cast.json)
use_up(h, c, cast)
reserve(c, cast, id, outbox, mails)
if case ~= '' then
  local before = redis.call('HGET', of, 'conferences')
  if before and before ~= '' then before = before .. ' ' else before = '' end
  redis.call('HSET', of, 'conferences', before .. id)
  redis.call('HINCRBY', of, 'rev', 1)
end
granted(case, wish, wishes)
announce('conference', 'booked', 'conference', id, 'case', case, 'unit', unit)
remember(cast.json)
return {'ok', tostring(n)}
