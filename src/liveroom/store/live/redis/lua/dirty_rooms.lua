-- uses: time common
-- KEYS: 1 facts, 2 dirty, 3 tenants. ARGV: 2 how many, 3 for how many ms they have not changed (0: that does not matter), 4 and on what
-- the list shows now: room and version by turns.
-- Returns how many rooms are still dirty; and room, version and tenant of those, the oldest change first.
for number = 4, #ARGV, 2 do
  local room = ARGV[number]
  local version = call('ZSCORE', KEYS[2], room)
  if version and tonumber(version) <= tonumber(ARGV[number + 1]) then
    call('ZREM', KEYS[2], room)
    call('HDEL', KEYS[3], room)
  end
end
local answer = {call('ZCARD', KEYS[2])}
if answer[1] == 0 or ARGV[2] == '0' then
  return answer
end
local latest = ARGV[3] == '0' and '+inf' or whole(NOW - ARGV[3])
local found = call('ZRANGEBYSCORE', KEYS[2], '-inf', latest, 'WITHSCORES', 'LIMIT', 0, ARGV[2])
for number = 1, #found, 2 do
  local tenant = call('HGET', KEYS[3], found[number]) or ''
  answer[#answer + 1], answer[#answer + 2], answer[#answer + 3] = found[number], whole(found[number + 1]), tenant
end
return answer
