-- uses: time common room
-- ARGV: 3 user, 4 session (empty: every session), 5 place (empty: any), 6 reason, 7 grace. Returns nothing when there
-- was no such place, else place, session, host, hidden by this, and the room's picture.
local user, id, only = ARGV[3], ARGV[4], ARGV[5]
local room = read_room()
local member = room and not room.closing and read_member(user)
if not member then
  return false
end
local kept, ended = {}, {}
for number = 1, #member[8], 2 do
  local session, place = member[8][number], member[8][number + 1]
  local into = (id == '' or id == session) and (only == '' or only == place) and ended or kept
  into[#into + 1], into[#into + 2] = session, place
end
if #ended == 0 then
  if id ~= '' or only ~= '' then
    return false
  end
  ended = {'', member[7]}
end
local was_hidden = room.hidden
member[8] = kept
if #kept > 0 then
  raise(room)
  write_member(user, member)
  journal(room, user, member)
else
  call('HDEL', KEYS[3], user)
  call('ZREM', KEYS[4], user)
  call('ZREM', KEYS[5], user)
  call('SADD', KEYS[6], user)
  reckon(room, ARGV[7])
  changed(room)
  journal(room, user, member, ARGV[6])
end
local hidden = room.hidden and not was_hidden and 1 or 0
return {ended[2], ended[1], member[1] > 0 and 1 or 0, hidden, unpack(picture(room))}
