-- uses: time awaited common room events
-- KEYS: 15 subs, 16 subscribers, 17 going. ARGV: 3 tenant, 4 user, 5 session, 6 place, 7 wanted role (-1: none), 8 label,
-- 9 name, 10 avatar, 11 admin, 12 anyone may host, 13 grace, 14 keepalive, 15 stay that begins if they are not in yet, 16
-- digests of the password they gave, 17 the key of the link by which they come. Returns 'none', 'full', 'banned',
-- 'concealed', 'password', or role, shown, in how many ms what was gathered is due, and
-- the room's picture.
local user, id, place, wanted = ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])
local room = read_room()
if not room or room.closing or room.tenant ~= ARGV[3] then
  return 'none'
end
local owns = user == room.owner or user == room.holder
local was_hidden, appointed = room.hidden, 0
local member = read_member(user)

-- Why they may not come in. In a room of which nothing was arranged there is nothing to look for.
local function barrier()
  local options = unpack_(room.options)
  local known = options[9] == 1 and standing(user)
  appointed = known and known[1] or 0
  if owns then
    return false
  elseif known and known[2] > NOW then
    return 'banned'
  end
  if member or appointed > 0 or ARGV[11] == '1' then
    return false
  end
  local invited, key = known and known[4] == 1, options[10] or ''
  if options[1] > 0 and not invited and not (options[1] == 1 and key ~= '' and key == ARGV[17]) then
    return 'concealed'
  end
  return options[2] ~= '' and not string.find(ARGV[16], options[2], 1, true) and 'password'
end

local function granted()
  if wanted == -1 then
    return (owns or appointed == 1) and 1 or 0
  elseif wanted == 0 or owns then
    return wanted
  end
  return (ARGV[11] == '1' or appointed == 1 or (room.hosts and ARGV[12] == '1')) and 1 or 0
end

local function join()
  local order = room.last + 1
  local member = {granted(), ARGV[8], ARGV[9], ARGV[10], NOW, order, ARGV[15], {id, place}, tonumber(ARGV[14])}
  mark_moderator(member, appointed == 3)
  call('HSET', KEYS[2], 'n', order)
  call('ZADD', KEYS[4], order, user)
  call('SREM', KEYS[6], user)
  return member
end

-- Note that a member has entered later than they listened: the end of what they listened by does not put them out.
local function outlive()
  call('ZREM', KEYS[17], user)
  local packed = call('HGET', KEYS[16], user)
  if packed then
    local seats = unpack_(packed)
    seats[type(seats[#seats]) == 'number' and #seats or #seats + 1] = NOW
    call('HSET', KEYS[16], user, pack(seats))
  end
end

-- Let a member enter once more: whether that changed anything, and whether anybody can see another role, another name.
local function enter_again(member)
  local present, moved, promoted = false, true, false
  for number = 1, #member[8], 2 do
    if member[8][number] == id then
      present, moved = true, member[8][number + 1] ~= place
      member[8][number + 1] = place
    end
  end
  if not present then
    member[8][#member[8] + 1], member[8][#member[8] + 2] = id, place
  end
  if wanted ~= -1 then
    local role = granted()
    if present or role > member[1] then
      moved = moved or member[2] ~= ARGV[8]
      local before = shown(member)
      member[1], member[2] = role, ARGV[8]
      promoted, moved = before ~= shown(member), moved or before ~= shown(member)
    end
  end
  local renamed = member[3] ~= ARGV[9] or member[4] ~= ARGV[10]
  moved = moved or member[9] ~= tonumber(ARGV[14])
  member[3], member[4], member[9] = ARGV[9], ARGV[10], tonumber(ARGV[14])
  return moved, promoted, renamed
end

local why = room.options and barrier()
if why then
  return why
end
local moved, promoted, renamed, joined = true, false, false, false
if member then
  moved, promoted, renamed = enter_again(member)
  outlive()
elseif room.capacity > 0 and call('HLEN', KEYS[3]) >= room.capacity and not owns then
  return 'full'
else
  member, joined = join(), true
end
if moved or promoted or renamed then
  write_member(user, member)
  rank(user, member)
  reckon(room, ARGV[13])
  if joined or promoted or renamed or (was_hidden and not room.hidden) then
    changed(room)
  else
    raise(room)
  end
  journal(room, user, member)
end
if joined then
  tell_member(room, 'member.entered', user, member)
end
if promoted then
  tell_role(room, user, member)
end
if renamed then
  tell_member(room, 'member.profile_changed', user, member)
end
tell_shown(room, was_hidden)
local wait = send(room)
return {shown(member), was_hidden and not room.hidden and 1 or 0, wait, unpack(picture(room))}
