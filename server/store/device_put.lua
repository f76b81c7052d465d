-- Keeps a device of a person; it leaves whoever had it before, and the oldest goes when there are too many.
-- KEYS: all devices, the person's, those of whom it belonged to. ARGV: id, person, of whom it belonged to or '', added ms, json, most.
-- A person's devices: <id> is the time it was added, a space and the json; <id>:ok and <id>:failed what became of the last pushes.
local id = ARGV[1]
if (redis.call('HGET', KEYS[1], id) or '') ~= ARGV[3] then return {'revision'} end
local function forget(key, which) redis.call('HDEL', key, which, which .. ':ok', which .. ':failed') end
if ARGV[3] ~= '' then forget(KEYS[3], id) end
redis.call('HSET', KEYS[1], id, ARGV[2])
redis.call('HSET', KEYS[2], id, ARGV[4] .. ' ' .. ARGV[5])
while true do
  local all, count, oldest, since = redis.call('HGETALL', KEYS[2]), 0, nil, nil
  for i = 1, #all, 2 do
    if not string.find(all[i], ':', 1, true) then
      local added = tonumber(string.match(all[i + 1], '^%-?%d+'))
      count = count + 1
      if all[i] ~= id and (not since or added < since) then oldest, since = all[i], added end
    end
  end
  if count <= tonumber(ARGV[6]) then return {'ok'} end
  forget(KEYS[2], oldest)
  redis.call('HDEL', KEYS[1], oldest)
end
