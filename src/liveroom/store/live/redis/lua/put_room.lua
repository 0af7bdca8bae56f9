-- uses: time common room
-- KEYS: 11 rooms, 12 tombs, 13 ages of the tombs. ARGV: 3 fixed, 4 card, 5 rev, 6 broadcast, 7 grace, 8 how many stays
-- to end in one call. Returns nothing (there is no room), 'more', or the room's picture.
local rev, room = tonumber(ARGV[5]), read_room()
local tomb = call('HGET', KEYS[12], ROOM)
tomb = tomb and unpack_(tomb)
if room and rev <= room.rev then
  return not room.closing and picture(room)
end
if tomb and rev <= tomb[1] then
  return false
end
local same = room and room.broadcast == ARGV[6]
if room and not same then
  if end_stays(room, tonumber(ARGV[8]), {}) > 0 then
    call('HSET', KEYS[2], 'p', 1)
    return 'more'
  end
end
local version = math.max(room and room.version or 0, tomb and tomb[2] or 0)
if not same then
  call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
  call('ZADD', KEYS[7], whole(NOW + ARGV[7]), ROOM)
  call('HDEL', KEYS[12], ROOM)
  call('ZREM', KEYS[13], ROOM)
end
call('HSET', KEYS[2], 'f', ARGV[3], 'c', ARGV[4], 'v', whole(version))
call('SADD', KEYS[11], ROOM)
room = read_room()
if same then
  reckon(room, ARGV[7])
end
changed(room)
return picture(room)
