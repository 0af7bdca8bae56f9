-- uses: common verify page
-- Reads the newest rooms of a list. Returns the token, and, unless the caller has that, for each room when it was
-- opened with its id, and the cards. ARGV: as of list_created.
if TOKEN == ARGV.token then
  return {TOKEN}
end
local names = call('ZREVRANGEBYLEX', KEYS.index, ARGV.last_name, ARGV.first, 'LIMIT', 0, ARGV.most)
local rooms = {}
for number, name in ipairs(names) do
  names[number] = string.sub(name, ARGV.skip + 1)
  rooms[number] = string.sub(name, ARGV.skip + 14)
end
return {TOKEN, names, #rooms > 0 and call('HMGET', KEYS.cards, unpack(rooms)) or rooms}
