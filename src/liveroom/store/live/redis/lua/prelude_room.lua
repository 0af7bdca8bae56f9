-- KEYS: 1 facts, 2 room, 3 members, 4 order, 5 hosts, 6 gone, 7 due, 8 dirty, 9 tenants, 10 journal.  ARGV[2]: the room.
--
-- room: f(ixed: tenant, owner, holder, 1 for policy hosts, capacity, broadcast, rev, category, opened, 1 if barred;
--   packed), c(ard), v(ersion), x (hidden since), n (order of the member who joined last), p (being closed), l(og) and
--   h(eard): see prelude_events; o(ptions: 1 access (0 public, 1 private, 2 invited), 2 password, 3 seats, 4 seat mode,
--   5 seat locks, 6 slow (ms), 7 muted, 8 ends (0: never), 9 guarded: somebody has a standing, 10 link key; packed,
--   and not there while all are as ever), z (likes), s:<user> (standing: 1 role (0 none, 1 anchor, 3 moderator), 2 banned until,
--   3 muted until (0: not), 4 invited, 5 rev; packed).
-- members: user -> 1 role (0 audience, 1 anchor, 2 owner), 2 label, 3 name, 4 avatar, 5 joined, 6 order, 7 stay (false:
--   the first place's id), 8 places {session, place, session, place, ...}, 9 keepalive, 10 marks (1 moderator, 2 has a
--   seat; nothing: none), 11 seat, 12 mutes (see prelude_stage); packed. What they are shown as follows from 1 and 10.
-- order, hosts: users by order. gone: users of this broadcast who are not members now.
-- due: rooms without a host, and when their grace ends. dirty: rooms whose list entry is behind, with their version;
-- tenants: whose those are, unless the default tenant's.
local ROOM = ARGV[2]

local function read_room()
  local facts = call('HMGET', KEYS[2], 'f', 'c', 'v', 'x', 'n', 'p', 'l', 'h', 'o', 'z')
  if not facts[1] then
    return nil
  end
  local fixed = unpack_(facts[1])
  return {
    fixed = facts[1], card = facts[2], version = tonumber(facts[3]), hidden = facts[4], last = tonumber(facts[5] or 0),
    closing = facts[6], log = unpack_(facts[7]), tenant = fixed[1], owner = fixed[2], holder = fixed[3], hosts = fixed[4] == 1,
    capacity = fixed[5], broadcast = fixed[6], rev = fixed[7], heard = facts[8] or '1',
    options = facts[9], likes = tonumber(facts[10] or 0),
  }
end

local function standing(user)
  local raw = call('HGET', KEYS[2], 's:' .. user)
  return raw and unpack_(raw)
end

local function write_standings(standings)
  for _, row in ipairs(standings) do
    call('HSET', KEYS[2], 's:' .. row[1], pack({row[2], row[3], row[4], row[5], row[6]}))
  end
end

local function put_options(options)
  if options == '' then
    call('HDEL', KEYS[2], 'o')
  else
    call('HSET', KEYS[2], 'o', options)
  end
end

local function is_moderator(member)
  return (member[10] or 0) % 2 == 1
end

-- What a member is shown as: a host, else a moderator (3), else who has a seat (4), else audience.
local function shown(member)
  local marks = member[10] or 0
  if member[1] > 0 or marks == 0 then
    return member[1]
  end
  return marks % 2 == 1 and 3 or 4
end

local function mark_moderator(member, moderates)
  if is_moderator(member) ~= moderates then
    member[10] = (member[10] or 0) + (moderates and 1 or -1)
  end
end

local function raise(room)
  room.version = math.max(room.version + 1, NOW)
  call('HSET', KEYS[2], 'v', whole(room.version))
end

local function note(tenant, version)
  call('ZADD', KEYS[8], whole(version), ROOM)
  if tenant ~= '' then
    call('HSET', KEYS[9], ROOM, tenant)
  end
end

local function changed(room)
  raise(room)
  note(room.tenant, room.version)
end

local function is_hosted(room)
  return call('HEXISTS', KEYS[3], room.owner) == 1 or (room.hosts and call('ZCARD', KEYS[5]) > 0)
end

-- Show a room whose host is there; hide one that has lost its host, for the length of the grace. A room that was just
-- opened waits for its host without being hidden.
local function reckon(room, grace)
  if is_hosted(room) then
    call('ZREM', KEYS[7], ROOM)
    if room.hidden then
      room.hidden = false
      call('HDEL', KEYS[2], 'x')
    end
  elseif not call('ZSCORE', KEYS[7], ROOM) then
    room.hidden = whole(NOW)
    call('HSET', KEYS[2], 'x', room.hidden)
    call('ZADD', KEYS[7], whole(NOW + grace), ROOM)
  end
end

local function picture(room)
  local members = call('HLEN', KEYS[3])
  return {
    room.fixed, room.card, whole(room.version), room.hidden and 1 or 0, members, members + call('SCARD', KEYS[6]),
    room.options, room.likes,
  }
end

local function read_member(user)
  local raw = call('HGET', KEYS[3], user)
  if not raw then
    return nil
  end
  local member = unpack_(raw)
  member[7] = member[7] or member[8][2]
  return member
end

local function write_member(user, member)
  local stay = member[7]
  if stay == member[8][2] then
    member[7] = false
  end
  call('HSET', KEYS[3], user, pack(member))
  member[7] = stay
end

local function rank(user, member)
  if member[1] > 0 then
    call('ZADD', KEYS[5], member[6], user)
  else
    call('ZREM', KEYS[5], user)
  end
end

local function journal(room, user, member, reason)
  call('XADD', KEYS[10], '*', 's', pack({
    member[7], room.tenant, room.broadcast, ROOM, user, member[1], member[3], member[4], member[5], member[6],
    reason and {} or member[8], room.version, reason and NOW or false, reason or '', member[9],
    not reason and member[11] or 0, not reason and member[12] or 0,
  }))
end

-- End the stays of the first members; return how many are left, and who they were: user and member by turns. Adds to the
-- places {user, session, place, host}.
local function end_stays(room, most, places)
  local users = call('ZRANGE', KEYS[4], 0, most - 1)
  if #users == 0 then
    return 0, {}
  end
  raise(room)
  local ended = {}
  for _, user in ipairs(users) do
    local member = read_member(user)
    for number = 1, #member[8], 2 do
      places[#places + 1] = {user, member[8][number], member[8][number + 1], member[1] > 0 and 1 or 0}
    end
    journal(room, user, member, 'closed')
    ended[#ended + 1], ended[#ended + 2] = user, member
  end
  call('HDEL', KEYS[3], unpack(users))
  call('ZREM', KEYS[4], unpack(users))
  return call('ZCARD', KEYS[4]), ended
end
