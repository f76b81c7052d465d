-- Writes a consult: a new one with its room, or the next state of one at an expected revision.
-- KEYS: consult, due, events, idempotency, room; then the lists of its people, the inboxes of its roles, the room's invitations.
-- ARGV: id, expected revision ('0': it is new), json, schema, deadline ms or '', now ms, kept ms, listed, what, people as words,
--       events kept, left to its roles ('1' or ''), idempotency key, body hash, answer kept ms, room or '', json of the room, people, roles,
--       invitations; then participant, expires ms, lifetime ms for each invitation.
local id, deadline, now, kept = ARGV[1], ARGV[5], ARGV[6], ARGV[7]
local people, roles, invitations = tonumber(ARGV[18]), tonumber(ARGV[19]), tonumber(ARGV[20])
local fixed = 5

if ARGV[13] ~= '' then
  local body = redis.call('HGET', KEYS[4], 'body')
  if body then
    if body ~= ARGV[14] then return {'mismatch'} end
    return {'replay', redis.call('HGET', KEYS[4], 'answer')}
  end
end
local rev = redis.call('HGET', KEYS[1], 'rev')
if ARGV[2] == '0' then
  if rev then return {'exists'} end
elseif not rev then
  return {'missing'}
elseif rev ~= ARGV[2] then
  return {'revision'}
end
if ARGV[16] ~= '' and redis.call('EXISTS', KEYS[5]) == 1 then return {'exists'} end

redis.call('HSET', KEYS[1], 'v', ARGV[4], 'json', ARGV[3])
redis.call('HINCRBY', KEYS[1], 'rev', 1)
-- One that waits for its deadline stays until then: the deadline must never point at nothing.
if deadline ~= '' then
  redis.call('PERSIST', KEYS[1])
  redis.call('ZADD', KEYS[2], deadline, id)
else
  redis.call('PEXPIRE', KEYS[1], kept)
  redis.call('ZREM', KEYS[2], id)
end

local old = string.format('%.0f', tonumber(now) - tonumber(kept))
local function list(key)
  redis.call('ZADD', key, 'NX', now, id) -- it keeps the place at which it came
  redis.call('ZREMRANGEBYSCORE', key, '-inf', old)
  redis.call('ZREMRANGEBYRANK', key, 0, -1 - ARGV[8])
  redis.call('PEXPIRE', key, kept)
end
for i = 1, people do list(KEYS[fixed + i]) end
for i = 1, roles do
  local inbox = KEYS[fixed + people + i]
  if ARGV[12] == '1' then list(inbox) else redis.call('ZREM', inbox, id) end
end

if ARGV[16] ~= '' then redis.call('HSET', KEYS[5], 'v', ARGV[4], 'rev', '1', 'json', ARGV[17]) end
local at = 21
for i = 1, invitations do
  local key = KEYS[fixed + people + roles + i]
  redis.call('HSET', key, 'conference', ARGV[16], 'participant', ARGV[at], 'expires', ARGV[at + 1])
  redis.call('PEXPIRE', key, ARGV[at + 2])
  at = at + 3
end
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[11], '*', 'kind', 'consult', 'what', ARGV[9], 'consult', id, 'people', ARGV[10])
if ARGV[13] ~= '' then
  redis.call('HSET', KEYS[4], 'body', ARGV[14], 'answer', id)
  redis.call('PEXPIRE', KEYS[4], ARGV[15])
end
return {'ok'}
