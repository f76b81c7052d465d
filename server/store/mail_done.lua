-- Takes a row out of the outbox: sent, to be tried again, or given up.
-- KEYS: outbox, mails of the conference, due, dead, events.
-- ARGV: group, entry, conference, participant, sequence, state, at ms, kind, reason, row, retry ms, dead kept, events kept.
local state = ARGV[6]
local held = redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 1
redis.call('XDEL', KEYS[1], ARGV[2])
if held and state == 'queued' then redis.call('ZADD', KEYS[3], ARGV[11], ARGV[10]) end
if held and state == 'failed' then
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[12], '*', 'row', ARGV[10], 'reason', ARGV[9])
end
-- A late word about an older mail must not hide what is known of a newer one.
if ARGV[3] ~= '' and (held or state == 'sent') then
  local before = redis.call('HGET', KEYS[2], ARGV[4])
  local known = before and tonumber(string.match(before, '^%d+')) or -1
  if tonumber(ARGV[5]) >= known then
    local text = ARGV[5] .. ' ' .. state .. ' ' .. ARGV[7] .. ' ' .. ARGV[8]
    if ARGV[9] ~= '' then text = text .. ' ' .. ARGV[9] end
    redis.call('HSET', KEYS[2], ARGV[4], text)
    if state ~= 'queued' then
      redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[13], '*', 'kind', 'conference', 'what', 'mail', 'conference', ARGV[3])
    end
  end
end
return {'ok'}
