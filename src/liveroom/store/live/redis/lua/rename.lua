-- uses: time awaited common room events
-- ARGV: 3 user, 4 name, 5 avatar. Returns -1 when that changed nothing, else in how many ms what was gathered is due.
local room = read_room()
local member = room and not room.closing and read_member(ARGV[3])
if not member or (member[3] == ARGV[4] and member[4] == ARGV[5]) then
  return -1
end
member[3], member[4] = ARGV[4], ARGV[5]
changed(room)
write_member(ARGV[3], member)
journal(room, ARGV[3], member)
tell_member(room, 'member.profile_changed', ARGV[3], member)
return send(room)
