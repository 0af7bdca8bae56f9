-- uses: time common verify
-- KEYS: 1 facts, 2 room, 3 members, 4 order, 5 gone. ARGV: 2 tenant, 3 how many members, 4 the server's run id. Returns
-- nothing when the tenant has no such room, else its log, its picture, its stage (see prelude_stage), users and records of
-- those who have a seat, packed, and users and their records by turns.
local room = call('HMGET', KEYS[2], 'f', 'c', 'v', 'x', 'p', 'l', 'h', 'o', 'z', 'q')
if not room[1] or room[5] or unpack_(room[1])[1] ~= ARGV[2] then
  return false
end
-- Whoever asks for the room's state is about to listen.
if tonumber(room[7] or 0) < NOW + HEARD / 2 then
  call('HSET', KEYS[2], 'h', whole(NOW + HEARD))
end
local members, seated = call('HLEN', KEYS[3]), {}
for _, one in ipairs(room[10] and unpack_(room[10])[2] or {}) do
  local record = call('HGET', KEYS[3], one[2])
  seated[#seated + 1] = record and {one[2], unpack_(record)} or nil
end
local answer = {
  room[6], room[1], room[2], room[3], room[4] and 1 or 0, members, members + call('SCARD', KEYS[5]), room[8],
  tonumber(room[9] or 0), room[10], pack(seated),
}
local users = call('ZRANGE', KEYS[4], 0, ARGV[3] - 1)
for number, record in ipairs(#users > 0 and call('HMGET', KEYS[3], unpack(users)) or {}) do
  answer[#answer + 1], answer[#answer + 2] = users[number], record
end
return answer
