-- uses: time awaited common room events
-- Gives a member another name and picture. Returns -1 when that changes nothing, else in how many ms what was gathered
-- is due.
local room = read_room()
local member = room and not room.closing and read_member(ARGV.user)
if not member or (member[MEMBER.name] == ARGV.name and member[MEMBER.avatar] == ARGV.avatar) then
  return -1
end
member[MEMBER.name], member[MEMBER.avatar] = ARGV.name, ARGV.avatar
note_change(room)
write_member(ARGV.user, member)
journal(room, ARGV.user, member)
emit_member(room, 'member.profile_changed', ARGV.user, member)
return publish_or_gather(room)
