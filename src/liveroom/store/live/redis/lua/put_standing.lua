-- uses: time common room events
-- ARGV: 3 tenant, 4 user, 5 role (0 none, 1 anchor, 3 moderator), 6 banned until, 7 muted until, 8 invited, 9 rev, 10 the
-- options of a room of which nothing else was arranged, 11 kind and 12 data of what is told, 13 by whom, 14 grace. Returns
-- -1 when the tenant has no such room, else in how many ms what was gathered is due.
local user, rev, room = ARGV[4], tonumber(ARGV[9]), read_room()
if not room or room.closing or room.tenant ~= ARGV[3] then
  return -1
end
local known = standing(user)
if known and known[5] >= rev then
  return 0
end
local role = tonumber(ARGV[5])
write_standings({{user, role, tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), rev}})
local options = unpack_(room.options or ARGV[10])
options[9] = 1
put_options(pack(options))

-- Only an appointment is taken back: who is a host by right, or by the room's category, stays one.
local function appoint(member)
  local before, base, marks = shown(member), member[1], member[10] or 0
  local owns = user == room.owner or user == room.holder
  if role == 1 and base == 0 then
    member[1] = 1
  elseif role ~= 1 and known and known[1] == 1 and not owns then
    member[1] = 0
  end
  mark_moderator(member, role == 3)
  return before ~= shown(member), base ~= member[1] or marks ~= (member[10] or 0)
end

local member, was_hidden = read_member(user), room.hidden
if member then
  local promoted, moved = appoint(member)
  if promoted or moved then
    write_member(user, member)
    rank(user, member)
    reckon(room, ARGV[14])
    changed(room)
    journal(room, user, member)
  end
  if promoted then
    tell_role(room, user, member)
  end
end
if is_heard(room) then
  room.log[2] = room.log[2] + 1
  add('s', pack({ARGV[11], room.log[2], NOW, '', false, false, false, ARGV[12], ARGV[13]}))
  urgent = true
end
tell_shown(room, was_hidden)
return send(room)
