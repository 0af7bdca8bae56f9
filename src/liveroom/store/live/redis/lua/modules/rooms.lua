-- A room and its members.
--
-- KEYS.room: the room (ROOM). KEYS.members: user -> MEMBER, packed. KEYS.order: users by the order in which they
-- joined.
-- KEYS.hosts: those of them who are hosts. KEYS.gone: users of this broadcast who are not members now.
-- KEYS.due: rooms without a host, and when their grace ends. KEYS.dirty: rooms whose list entry is behind, with their
-- version.
-- KEYS.tenants: whose those are, unless the default tenant's.
Rooms.ID = ARGV.room

function Rooms.read()
  local packed, card, version, hidden, last, closing, log, heard, options, likes, cools = unpack(call(
    'HMGET', KEYS.room, ROOM.fixed, ROOM.card, ROOM.version, ROOM.hidden, ROOM.last_order, ROOM.closing, ROOM.log,
    ROOM.heard, ROOM.options, ROOM.likes, ROOM.heat
  ))
  if not packed then
    return nil
  end
  local fixed = unpack_(packed)
  return {
    fixed = packed, card = card, version = tonumber(version), hidden = hidden, last = tonumber(last or 0),
    closing = closing, log = unpack_(log), tenant = fixed[FIXED.tenant], owner = fixed[FIXED.owner],
    holder = fixed[FIXED.holder], hosts = fixed[FIXED.hosts] == 1, capacity = fixed[FIXED.capacity],
    broadcast = fixed[FIXED.broadcast], rev = fixed[FIXED.rev], heard = heard or '1', options = options,
    likes = tonumber(likes or 0), cools = tonumber(cools or 0),
  }
end

-- What was arranged for a user, or nothing (ACCESS).
function Rooms.access_of(user)
  local raw = call('HGET', KEYS.room, 's:' .. user)
  return raw and unpack_(raw)
end

-- Keep what was arranged for users (USER_ACCESS).
function Rooms.write_access(rows)
  for _, row in ipairs(rows) do
    call('HSET', KEYS.room, 's:' .. row[USER_ACCESS.user], pack(ACCESS{
      role = row[USER_ACCESS.role], banned_until = row[USER_ACCESS.banned_until],
      muted_until = row[USER_ACCESS.muted_until], invited = row[USER_ACCESS.invited], rev = row[USER_ACCESS.rev],
    }))
  end
end

function Rooms.put_options(options)
  if options == '' then
    call('HDEL', KEYS.room, ROOM.options)
  else
    call('HSET', KEYS.room, ROOM.options, options)
  end
end

-- The battle that runs in the room (ROOM_BATTLE), or nothing.
function Rooms.running_battle(room)
  local battle = room.options and unpack_(room.options)[OPTIONS.battle]
  return battle and battle[ROOM_BATTLE.state] == 1 and battle
end

-- Whether an activity runs in the room: what it has of these is JSON, in which ids stand as they are.
function Rooms.runs_activity(room, id)
  local running = room.options and unpack_(room.options)[OPTIONS.activities]
  return running and string.find(running, '"' .. id .. '"', 1, true) ~= nil
end

-- What is counted and told of a battle (BATTLE): nothing yet, of one that is new in the room.
function Rooms.read_battle(id)
  local kept = call('HGET', KEYS.room, ROOM.battle)
  local battle = kept and unpack_(kept)
  return battle and battle[BATTLE.id] == id and battle or BATTLE{id = id, likes = 0, version = 0, data = ''}
end

function Rooms.is_moderator(member)
  return (member[MEMBER.marks] or 0) % 2 == 1
end

-- As what a member is displayed: a host, else a moderator (3), else somebody who has a seat (4), else audience.
function Rooms.displayed_role(member)
  local marks = member[MEMBER.marks] or 0
  if member[MEMBER.role] > 0 or marks == 0 then
    return member[MEMBER.role]
  end
  return marks % 2 == 1 and 3 or 4
end

function Rooms.mark_moderator(member, moderates)
  if Rooms.is_moderator(member) ~= moderates then
    member[MEMBER.marks] = (member[MEMBER.marks] or 0) + (moderates and 1 or -1)
  end
end

function Rooms.raise_version(room)
  room.version = math.max(room.version + 1, NOW)
  call('HSET', KEYS.room, ROOM.version, whole(room.version))
end

-- Note that the list is behind this version of the room.
function Rooms.note_dirty(tenant, version)
  call('ZADD', KEYS.dirty, whole(version), Rooms.ID)
  if tenant ~= '' then
    call('HSET', KEYS.tenants, Rooms.ID, tenant)
  end
end

function Rooms.note_change(room)
  Rooms.raise_version(room)
  Rooms.note_dirty(room.tenant, room.version)
end

function Rooms.is_hosted(room)
  return call('HEXISTS', KEYS.members, room.owner) == 1 or (room.hosts and call('ZCARD', KEYS.hosts) > 0)
end

-- Show a room whose host is there, and hide one that has lost its host, for the length of the grace. A room that was
-- just opened waits for its host without being hidden.
function Rooms.update_visibility(room, grace)
  if Rooms.is_hosted(room) then
    call('ZREM', KEYS.due, Rooms.ID)
    if room.hidden then
      room.hidden = false
      call('HDEL', KEYS.room, ROOM.hidden)
    end
  elseif not call('ZSCORE', KEYS.due, Rooms.ID) then
    room.hidden = whole(NOW)
    call('HSET', KEYS.room, ROOM.hidden, room.hidden)
    call('ZADD', KEYS.due, whole(NOW + grace), Rooms.ID)
  end
end

-- The room as scripts answer it (SUMMARY; `fixed` and `options` packed).
function Rooms.summary(room)
  local members = call('HLEN', KEYS.members)
  return SUMMARY{
    fixed = room.fixed, card = room.card, version = whole(room.version), hidden = room.hidden and 1 or 0,
    members = members, joined = members + call('SCARD', KEYS.gone), options = room.options, likes = room.likes,
    heat = math.floor(room.cools),
  }
end

-- The id of the presence entry by which somebody became a member, if it is still there.
local function first_entry(member)
  local _, id = unpack(member[MEMBER.entries])
  return id
end

function Rooms.read_member(user)
  local raw = call('HGET', KEYS.members, user)
  if not raw then
    return nil
  end
  local member = unpack_(raw)
  member[MEMBER.stay] = member[MEMBER.stay] or first_entry(member)
  return member
end

function Rooms.write_member(user, member)
  local stay = member[MEMBER.stay]
  if stay == first_entry(member) then
    member[MEMBER.stay] = false
  end
  call('HSET', KEYS.members, user, pack(member))
  member[MEMBER.stay] = stay
end

function Rooms.rank_host(user, member)
  if member[MEMBER.role] > 0 then
    call('ZADD', KEYS.hosts, member[MEMBER.order], user)
  else
    call('ZREM', KEYS.hosts, user)
  end
end

-- Append a member's stay, as it is now, to the journal; `reason`: why it ends now.
function Rooms.journal(room, user, member, reason)
  call('XADD', KEYS.journal, '*', 's', pack(STAY{
    id = member[MEMBER.stay], tenant = room.tenant, broadcast = room.broadcast, room = Rooms.ID, user = user,
    role = member[MEMBER.role], name = member[MEMBER.name], avatar = member[MEMBER.avatar],
    entered = member[MEMBER.joined], order = member[MEMBER.order], entries = reason and {} or member[MEMBER.entries],
    version = room.version, left = reason and NOW or false, reason = reason or '', keepalive = member[MEMBER.keepalive],
    seat = not reason and member[MEMBER.seat] or 0, mutes = not reason and member[MEMBER.mutes] or 0,
  }))
end

-- Add a member's presence entries to others (MEMBER_ENTRY).
local function add_entries(entries, user, member)
  local own, host = member[MEMBER.entries], member[MEMBER.role] > 0 and 1 or 0
  for at = 1, #own, 2 do
    entries[#entries + 1] = MEMBER_ENTRY{user = user, session = own[at], id = own[at + 1], host = host}
  end
end

-- End the stays of the first members. Returns how many are left, and who they were: user and member by turns. Adds
-- their presence entries to `entries`.
function Rooms.end_stays(room, most, entries)
  local users = call('ZRANGE', KEYS.order, 0, most - 1)
  if #users == 0 then
    return 0, {}
  end
  Rooms.raise_version(room)
  local ended = {}
  for _, user in ipairs(users) do
    local member = Rooms.read_member(user)
    add_entries(entries, user, member)
    Rooms.journal(room, user, member, 'closed')
    ended[#ended + 1], ended[#ended + 2] = user, member
  end
  call('HDEL', KEYS.members, unpack(users))
  call('ZREM', KEYS.order, unpack(users))
  return call('ZCARD', KEYS.order), ended
end
