-- uses: common onlooker
-- KEYS: 1 facts, 2 room, 3 members, 4 gone. ARGV[1]: who looks, if that matters. Returns the room's picture, and what they
-- are to it unless nothing was arranged; or nothing.
local room = call('HMGET', KEYS[2], 'f', 'c', 'v', 'x', 'p', 'o', 'z')
if not room[1] or room[5] then
  return false
end
local members = call('HLEN', KEYS[3])
return {
  room[1], room[2], room[3], room[4] and 1 or 0, members, members + call('SCARD', KEYS[4]), room[6], tonumber(room[7] or 0),
  ARGV[1] and room[6] and onlooker(ARGV[1], unpack_(room[1]), unpack_(room[6])) or false,
}
