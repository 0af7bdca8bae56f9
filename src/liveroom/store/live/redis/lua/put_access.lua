-- uses: time bucket rooms events
-- Keeps what was arranged for a user in a room. Returns -1 when the tenant has no such room, else in how many ms what
-- was gathered is due.
-- ARGV: role: 0 none, 1 anchor, 3 moderator. arranged: the options of a room for which nothing else was arranged. kind,
-- data, by: the event that says so.
local user, rev, room = ARGV.user, tonumber(ARGV.rev), Rooms.read()
if not room or room.closing or room.tenant ~= ARGV.tenant then
  return -1
end
local known = Rooms.access_of(user)
if known and known[ACCESS.rev] >= rev then
  return 0
end
local role = tonumber(ARGV.role)
Rooms.write_access({USER_ACCESS{
  user = user, role = role, banned_until = tonumber(ARGV.banned_until), muted_until = tonumber(ARGV.muted_until),
  invited = tonumber(ARGV.invited), rev = rev,
}})
local options = unpack_(room.options or ARGV.arranged)
options[OPTIONS.guarded] = 1
Rooms.put_options(pack(options))

-- Only an appointment is taken back: who is a host by right, or by the room's category, stays one. Returns whether that
-- changes as what they are displayed, and whether it changes anything.
local function appoint(member)
  local before, base, marks = Rooms.displayed_role(member), member[MEMBER.role], member[MEMBER.marks] or 0
  local owns = user == room.owner or user == room.holder
  if role == 1 and base == 0 then
    member[MEMBER.role] = 1
  elseif role ~= 1 and known and known[ACCESS.role] == 1 and not owns then
    member[MEMBER.role] = 0
  end
  Rooms.mark_moderator(member, role == 3)
  local changes = base ~= member[MEMBER.role] or marks ~= (member[MEMBER.marks] or 0)
  return before ~= Rooms.displayed_role(member), changes
end

local member, was_hidden = Rooms.read_member(user), room.hidden
if member then
  local promoted, changes = appoint(member)
  if promoted or changes then
    Rooms.write_member(user, member)
    Rooms.rank_host(user, member)
    Rooms.update_visibility(room, ARGV.grace)
    Rooms.note_change(room)
    Rooms.journal(room, user, member)
  end
  if promoted then
    Events.emit_role(room, user, member)
  end
end
if Events.is_heard(room) then
  Events.emit('s', Events.announcement(room, ARGV.kind, ARGV.data, ARGV.by))
  Events.urgent = true
end
Events.emit_visibility(room, was_hidden)
return Events.publish_or_gather(room)
