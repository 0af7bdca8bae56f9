-- uses: time common room
-- KEYS: 16 liked. ARGV: 3 broadcast, 4 its likes and room, as SQL knows them now. The list is to show them too.
if call('HGET', KEYS[16], ARGV[3]) == ARGV[4] then
  call('HDEL', KEYS[16], ARGV[3])
end
local room = read_room()
if room and not room.closing and room.broadcast == ARGV[3] then
  changed(room)
end
return 1
