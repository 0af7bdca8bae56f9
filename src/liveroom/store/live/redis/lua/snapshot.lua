-- uses: common
-- KEYS: 1 facts, 2 room, 3 members, 4 order, 5 gone. ARGV: 1 tenant, 2 how many members. Returns nothing when the tenant
-- has no such room, else its log, its picture, and users and their records by turns.
local room = call('HMGET', KEYS[2], 'f', 'c', 'v', 'x', 'p', 'l', 'h')
if not room[1] or room[5] or unpack_(room[1])[1] ~= ARGV[1] then
  return false
end
if room[7] == '0' then
  call('HSET', KEYS[2], 'h', '1')
end
local members = call('HLEN', KEYS[3])
local answer = {room[6], room[1], room[2], room[3], room[4] and 1 or 0, members, members + call('SCARD', KEYS[5])}
local users = call('ZRANGE', KEYS[4], 0, ARGV[2] - 1)
for number, record in ipairs(#users > 0 and call('HMGET', KEYS[3], unpack(users)) or {}) do
  answer[#answer + 1], answer[#answer + 2] = users[number], record
end
return answer
