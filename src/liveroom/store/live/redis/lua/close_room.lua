-- uses: time common room
-- KEYS: 11 rooms, 12 tombs, 13 ages of the tombs. ARGV: 3 rev, 4 tenant, 5 how long tombs are kept, 6 how many stays to
-- end in one call. Returns 1 when there is more to do, and places {user, session, place, host}, packed.
local rev, room = tonumber(ARGV[3]), read_room()
local tomb = call('HGET', KEYS[12], ROOM)
tomb = tomb and unpack_(tomb)
if (room and rev <= room.rev) or (tomb and rev <= tomb[1]) then
  return {0, pack({})}
end
local places = {}
if room and end_stays(room, tonumber(ARGV[6]), places) > 0 then
  call('HSET', KEYS[2], 'p', 1)
  return {1, pack(places)}
end
local version = math.max((room and room.version or 0) + 1, (tomb and tomb[2] or 0) + 1, NOW)
call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
call('SREM', KEYS[11], ROOM)
call('ZREM', KEYS[7], ROOM)
for _, old in ipairs(call('ZRANGEBYSCORE', KEYS[13], '-inf', whole(NOW - ARGV[5]), 'LIMIT', 0, 20)) do
  call('HDEL', KEYS[12], old)
  call('ZREM', KEYS[13], old)
end
call('HSET', KEYS[12], ROOM, pack({rev, version}))
call('ZADD', KEYS[13], whole(NOW), ROOM)
note(ARGV[4], version)
return {0, pack(places)}
