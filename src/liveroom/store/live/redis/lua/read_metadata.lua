-- uses: common
-- KEYS: 1 facts, 2 room, 3 members. ARGV: 1 tenant, 2 user. Returns 0 (the tenant has no such room), 1 (they are no
-- member), 2 (it is not kept), or the room's field d: the metadata's 1 version, 2 value, 3 (1) if the room was told of it;
-- packed.
local room = call('HMGET', KEYS[2], 'f', 'p', 'd')
if not room[1] or room[2] or unpack_(room[1])[1] ~= ARGV[1] then
  return 0
end
if call('HEXISTS', KEYS[3], ARGV[2]) == 0 then
  return 1
end
return room[3] or 2
