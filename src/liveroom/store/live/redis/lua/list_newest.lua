-- uses: common verify page
-- KEYS: 1 facts, 2 rooms, 3 cards, 4 index. ARGV: 1 what the caller has, 2 from name, 3 to name (excluded), 4 how much of
-- a name stands before opened, 5 how many, 6 the server's run id. Returns the token, and unless that is what the caller
-- has, when each room was opened with its id, and the cards.
if TOKEN == ARGV[1] then
  return {TOKEN}
end
local names, rooms = call('ZREVRANGEBYLEX', KEYS[4], ARGV[3], ARGV[2], 'LIMIT', 0, ARGV[5]), {}
for number, name in ipairs(names) do
  names[number] = string.sub(name, ARGV[4] + 1)
  rooms[number] = string.sub(name, ARGV[4] + 14)
end
return {TOKEN, names, #rooms > 0 and call('HMGET', KEYS[3], unpack(rooms)) or rooms}
