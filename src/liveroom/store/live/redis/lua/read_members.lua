-- uses: common
-- KEYS: 1 facts, 2 room, 3 members, 4 order. ARGV: 1 tenant, 2 after, 3 offset, 4 limit, 5 the version that the caller
-- has. Returns nothing when the tenant has no such room, else the version, and unless that is what the caller has, users
-- and their records by turns.
local room = call('HMGET', KEYS[2], 'f', 'p', 'v')
if not room[1] or room[2] or unpack_(room[1])[1] ~= ARGV[1] then
  return false
end
local users = call('ZRANGEBYSCORE', KEYS[4], '(' .. ARGV[2], '+inf', 'LIMIT', ARGV[3], ARGV[4])
local answer = {room[3]}
if room[3] == ARGV[5] then
  return answer
end
for first = 1, #users, 1000 do
  local last = math.min(first + 999, #users)
  for number, record in ipairs(call('HMGET', KEYS[3], unpack(users, first, last))) do
    answer[#answer + 1] = users[first + number - 1]
    answer[#answer + 1] = record
  end
end
return answer
