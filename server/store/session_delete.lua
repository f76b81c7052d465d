-- Ends sessions of a person. KEYS: sessions of the person, then the sessions. ARGV: the token hash of each.
for i = 1, #ARGV do
  redis.call('DEL', KEYS[1 + i])
  redis.call('ZREM', KEYS[1], ARGV[i])
end
return {'ok'}
