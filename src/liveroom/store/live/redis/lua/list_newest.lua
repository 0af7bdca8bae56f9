-- uses: bucket verify pages
-- Reads the newest rooms of a list. Returns the token, and, unless the caller has that, for each room when it was
-- opened with its id, and the cards. ARGV: as of list_created.
if Pages.TOKEN == ARGV.token then
  return {Pages.TOKEN}
end
local names = call('ZREVRANGEBYLEX', KEYS.index, ARGV.last_name, ARGV.first, 'LIMIT', 0, ARGV.most)
local rooms = {}
for number, name in ipairs(names) do
  names[number] = string.sub(name, ARGV.skip + 1)
  rooms[number] = string.sub(name, ARGV.skip + 14)
end
return {Pages.TOKEN, names, #rooms > 0 and call('HMGET', KEYS.cards, unpack(rooms)) or rooms}
