-- uses: time common room events alarms
-- KEYS: 15 rooms, 16 tombs, 17 ages of the tombs, 18 subs, 19 subscribers, 20 going, 21 lapses, 22 alarms,
-- 23 said, 24 likers. ARGV: 3 rev, 4 tenant, 5 how long tombs are kept, 6 how many stays to
-- end in one call, 7 reason. Returns 1 when there is more to do, and places {user, session, place, host}, packed.
local rev, room = tonumber(ARGV[3]), read_room()
local tomb = call('HGET', KEYS[16], ROOM)
tomb = tomb and unpack_(tomb)
if (room and rev <= room.rev) or (tomb and rev <= tomb[1]) then
  return {0, pack({})}
end
local places = {}
if room then
  local named = not room.closing and call('HLEN', KEYS[3]) <= CROWD
  local left, ended = end_stays(room, tonumber(ARGV[6]), places)
  if left > 0 then
    call('HSET', KEYS[2], 'p', 1)
    return {1, pack(places)}
  end
  tell_closing(room, named and ended or {}, ARGV[7])
end
local version = math.max((room and room.version or 0) + 1, (tomb and tomb[2] or 0) + 1, NOW)
call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[11], KEYS[12], KEYS[18], KEYS[19], KEYS[20], KEYS[23], KEYS[24])
call('ZREM', KEYS[13], ROOM)
call('ZREM', KEYS[21], ROOM)
call('SREM', KEYS[15], ROOM)
silence()
call('ZREM', KEYS[7], ROOM)
for _, old in ipairs(call('ZRANGEBYSCORE', KEYS[17], '-inf', whole(NOW - ARGV[5]), 'LIMIT', 0, 20)) do
  call('HDEL', KEYS[16], old)
  call('ZREM', KEYS[17], old)
end
call('HSET', KEYS[16], ROOM, pack({rev, version}))
call('ZADD', KEYS[17], whole(NOW), ROOM)
note(ARGV[4], version)
return {0, pack(places)}
