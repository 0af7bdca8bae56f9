-- uses: common onlooker
-- KEYS: 1 facts, 2 room, 3 members, 4 order. ARGV: 1 tenant, 2 after, 3 offset, 4 limit, 5 the version that the caller
-- has, 6 who looks ('': that does not matter). Returns nothing when the tenant has no such room, else the version, what was arranged
-- of the room and what they are to it (nothing: it is for everybody to see), and unless the version is what the caller
-- has, users and their records by turns.
local room = call('HMGET', KEYS[2], 'f', 'p', 'v', 'o')
if not room[1] or room[2] then
  return false
end
local fixed = unpack_(room[1])
if fixed[1] ~= ARGV[1] then
  return false
end
local answer = {room[3], false, false}
if ARGV[6] ~= '' and room[4] then
  answer[2], answer[3] = room[4], onlooker(ARGV[6], fixed, unpack_(room[4]))
end
if room[3] == ARGV[5] then
  return answer
end
local users = call('ZRANGEBYSCORE', KEYS[4], '(' .. ARGV[2], '+inf', 'LIMIT', ARGV[3], ARGV[4])
for first = 1, #users, 1000 do
  local last = math.min(first + 999, #users)
  for number, record in ipairs(call('HMGET', KEYS[3], unpack(users, first, last))) do
    answer[#answer + 1] = users[first + number - 1]
    answer[#answer + 1] = record
  end
end
return answer
