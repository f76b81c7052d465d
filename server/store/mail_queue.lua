-- Queues one mail. KEYS: outbox, mails of the conference. ARGV: conference, participant, sequence, kind, queued ms, row.
if ARGV[1] ~= '' then
  redis.call('HSET', KEYS[2], ARGV[2], ARGV[3] .. ' queued ' .. ARGV[5] .. ' ' .. ARGV[4])
end
redis.call('XADD', KEYS[1], '*', 'row', ARGV[6])
return {'ok'}
