-- uses: common
-- KEYS: 1 facts, 2 room, 3 members, 4 gone. ARGV: users. Returns nothing when there is no such room, else its picture, its
-- stage (see prelude_stage), and users and records, by turns, of those of them and of the stage's who are in the room.
local room = call('HMGET', KEYS[2], 'f', 'c', 'v', 'x', 'p', 'o', 'z', 'q')
if not room[1] or room[5] then
  return false
end
local members = call('HLEN', KEYS[3])
local answer = {
  room[1], room[2], room[3], room[4] and 1 or 0, members, members + call('SCARD', KEYS[4]), room[6],
  tonumber(room[7] or 0), room[8],
}
local users, known = {}, {}
local function name(user)
  if not known[user] then
    known[user], users[#users + 1] = true, user
  end
end
for _, user in ipairs(ARGV) do
  name(user)
end
local stage = room[8] and unpack_(room[8]) or {0, {}, {}}
for _, one in ipairs(stage[2]) do
  name(one[2])
end
for _, request in ipairs(stage[3]) do
  name(request[3])
end
for number, record in ipairs(#users > 0 and call('HMGET', KEYS[3], unpack(users)) or {}) do
  if record then
    answer[#answer + 1], answer[#answer + 2] = users[number], record
  end
end
return answer
