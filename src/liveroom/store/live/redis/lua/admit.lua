-- uses: time awaited bucket rooms events heat
-- Lets a user into a room. Returns 'none' (there is no such room), 'full', 'banned', 'concealed' or 'password' when
-- they may not enter; else as what they are displayed, whether this shows the room again, in how many ms what was
-- gathered is due, and the room (SUMMARY).
-- ARGV: wanted: a role, -1 for none. admin, anyone_hosts (1). stay: the one that begins if they are no member yet.
-- blockers: who has blocked the user, each between two ends of lines. passwords: digests of the one that they gave. link_key: of the link by which they come. warms: what it adds to the
-- room's heat if they come for the first time. half_life: of heat.
local user, id, entry_id, wanted = ARGV.user, ARGV.session, ARGV.entry, tonumber(ARGV.wanted)
local room = Rooms.read()
if not room or room.closing or room.tenant ~= ARGV.tenant then
  return 'none'
end
local owns = user == room.owner or user == room.holder
local was_hidden, appointed = room.hidden, 0
local member = Rooms.read_member(user)

-- Why they may not enter. In a room for which nothing was arranged there is nothing to look for.
local function barrier()
  local options = unpack_(room.options)
  local access = options[OPTIONS.guarded] == 1 and Rooms.access_of(user)
  appointed = access and access[ACCESS.role] or 0
  if owns then
    return false
  elseif access and access[ACCESS.banned_until] > NOW then
    return 'banned'
  end
  if member or appointed > 0 or ARGV.admin == '1' then
    return false
  end
  local invited, key = access and access[ACCESS.invited] == 1, options[OPTIONS.link_key] or ''
  local has_link = options[OPTIONS.access] == 1 and key ~= '' and key == ARGV.link_key
  if options[OPTIONS.access] > 0 and not invited and not has_link then
    return 'concealed'
  end
  local password = options[OPTIONS.password]
  return password ~= '' and not string.find(ARGV.passwords, password, 1, true) and 'password'
end

local function granted_role()
  if wanted == -1 then
    return (owns or appointed == 1) and 1 or 0
  elseif wanted == 0 or owns then
    return wanted
  end
  return (ARGV.admin == '1' or appointed == 1 or (room.hosts and ARGV.anyone_hosts == '1')) and 1 or 0
end

local function join()
  local order = room.last + 1
  local new = MEMBER{
    role = granted_role(), label = ARGV.label, name = ARGV.name, avatar = ARGV.avatar, joined = NOW, order = order,
    stay = ARGV.stay, entries = {id, entry_id}, keepalive = tonumber(ARGV.keepalive),
  }
  Rooms.mark_moderator(new, appointed == 3)
  call('ZADD', KEYS.order, order, user)
  if call('SREM', KEYS.gone, user) == 0 then
    room.cools = Heat.warmed(room.cools, tonumber(ARGV.warms), tonumber(ARGV.half_life))
  end
  call('HSET', KEYS.room, ROOM.last_order, order, ROOM.heat, Heat.text(room.cools))
  return new
end

-- Note that a member has entered since they last subscribed: the end of their subscriptions does not end their stay.
local function note_entered()
  call('ZREM', KEYS.going, user)
  local packed = call('HGET', KEYS.subscribers, user)
  if packed then
    local subscriptions = unpack_(packed)
    local last = #subscriptions
    subscriptions[type(subscriptions[last]) == 'number' and last or last + 1] = NOW
    call('HSET', KEYS.subscribers, user, pack(subscriptions))
  end
end

-- Keep the presence entry of a session: whether it had one, and whether that was another.
local function put_entry()
  local entries, present, moved = member[MEMBER.entries], false, true
  for at = 1, #entries, 2 do
    if entries[at] == id then
      present, moved = true, entries[at + 1] ~= entry_id
      entries[at + 1] = entry_id
    end
  end
  if not present then
    entries[#entries + 1], entries[#entries + 2] = id, entry_id
  end
  return present, moved
end

-- Let a member enter once more. Returns whether that changed anything, and whether anybody can see another role,
-- another name.
local function enter_again()
  local present, moved = put_entry()
  local promoted = false
  if wanted ~= -1 then
    local role = granted_role()
    if present or role > member[MEMBER.role] then
      moved = moved or member[MEMBER.label] ~= ARGV.label
      local before = Rooms.displayed_role(member)
      member[MEMBER.role], member[MEMBER.label] = role, ARGV.label
      promoted = before ~= Rooms.displayed_role(member)
      moved = moved or promoted
    end
  end
  local renamed = member[MEMBER.name] ~= ARGV.name or member[MEMBER.avatar] ~= ARGV.avatar
  local keepalive = tonumber(ARGV.keepalive)
  moved = moved or member[MEMBER.keepalive] ~= keepalive
  member[MEMBER.name], member[MEMBER.avatar], member[MEMBER.keepalive] = ARGV.name, ARGV.avatar, keepalive
  return moved, promoted, renamed
end

local blocked = ARGV.blockers ~= '' and ARGV.admin ~= '1' and not owns
if blocked and string.find(ARGV.blockers, '\n' .. room.owner .. '\n', 1, true) then
  return 'banned'
end
local why = room.options and barrier()
if why then
  return why
end
local moved, promoted, renamed, joined = true, false, false, false
if member then
  moved, promoted, renamed = enter_again()
  note_entered()
elseif room.capacity > 0 and call('HLEN', KEYS.members) >= room.capacity and not owns then
  return 'full'
else
  member, joined = join(), true
end
if moved or promoted or renamed then
  Rooms.write_member(user, member)
  Rooms.rank_host(user, member)
  Rooms.update_visibility(room, ARGV.grace)
  if joined or promoted or renamed or (was_hidden and not room.hidden) then
    Rooms.note_change(room)
  else
    Rooms.raise_version(room)
  end
  Rooms.journal(room, user, member)
end
if joined then
  Events.emit_member(room, 'member.entered', user, member)
end
if promoted then
  Events.emit_role(room, user, member)
end
if renamed then
  Events.emit_member(room, 'member.profile_changed', user, member)
end
Events.emit_visibility(room, was_hidden)
local wait = Events.publish_or_gather(room)
return {Rooms.displayed_role(member), was_hidden and not room.hidden and 1 or 0, wait, Rooms.summary(room)}
