-- uses: time awaited bucket rooms events
-- Gives a member another name and picture. Returns -1 when that changes nothing, else in how many ms what was gathered
-- is due.
local room = Rooms.read()
local member = room and not room.closing and Rooms.read_member(ARGV.user)
if not member or (member[MEMBER.name] == ARGV.name and member[MEMBER.avatar] == ARGV.avatar) then
  return -1
end
member[MEMBER.name], member[MEMBER.avatar] = ARGV.name, ARGV.avatar
Rooms.note_change(room)
Rooms.write_member(ARGV.user, member)
Rooms.journal(room, ARGV.user, member)
Events.emit_member(room, 'member.profile_changed', ARGV.user, member)
return Events.publish_or_gather(room)
