-- uses: time bucket rooms
-- Notes that SQL knows the likes of a broadcast (ARGV.kept: they and the room, as they were kept), and that the list is
-- to show them.
if call('HGET', KEYS.liked, ARGV.broadcast) == ARGV.kept then
  call('HDEL', KEYS.liked, ARGV.broadcast)
end
local room = Rooms.read()
if room and not room.closing and room.broadcast == ARGV.broadcast then
  Rooms.note_change(room)
end
return 1
