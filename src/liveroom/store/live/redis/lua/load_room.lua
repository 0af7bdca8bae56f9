-- uses: time claimed rooms events seats alarms
-- Fills a room of a lost bucket from SQL, the stays of a great one in several calls: the first sets the room up, the
-- last makes it visible.
-- ARGV: is_first, is_last (1). stays: RESTORED_STAY. gone: users of this broadcast who are not members. version: the
-- least that the room has to have. options (''): nothing was arranged. ends: when its broadcast does (0: it does not).
-- access: USER_ACCESS. seats: SEAT. Lists are packed.
local function is_same_broadcast(was)
  return was and unpack_(was)[FIXED.broadcast] == unpack_(ARGV.fixed)[FIXED.broadcast]
end

local function set_up()
  local version, was, known_likes, known_liking, known_heat, known_battle =
    unpack(call('HMGET', KEYS.room, ROOM.version, ROOM.fixed, ROOM.likes, ROOM.liking, ROOM.heat, ROOM.battle))
  local likes, liking, heat, battle = ARGV.likes, false, false, false
  if is_same_broadcast(was) then
    -- What is known of its likes here is no older than what SQL knows.
    likes, liking, heat = math.max(likes, known_likes or 0), known_liking, known_heat
    battle = known_battle
  else
    call('DEL', KEYS.likers)
  end
  call(
    'DEL', KEYS.room, KEYS.members, KEYS.order, KEYS.hosts, KEYS.gone, KEYS.subs, KEYS.subscribers, KEYS.going,
    KEYS.said, KEYS.senders, KEYS.receivers, KEYS.told
  )
  call('ZREM', KEYS.due, Rooms.ID)
  call('ZREM', KEYS.lapses, Rooms.ID)
  call('SADD', KEYS.rooms, Rooms.ID)
  call('HDEL', KEYS.tombs, Rooms.ID)
  call('ZREM', KEYS.ages, Rooms.ID)
  version = whole(math.max(tonumber(version or 0), ARGV.version))
  call('HSET', KEYS.room, ROOM.fixed, ARGV.fixed, ROOM.card, ARGV.card, ROOM.version, version)
  Rooms.put_options(ARGV.options)
  Alarms.set_end(tonumber(ARGV.ends))
  Rooms.write_access(unpack_(ARGV.access))
  call('HSET', KEYS.room, ROOM.likes, whole(likes))
  if liking then
    call('HSET', KEYS.room, ROOM.liking, liking)
  end
  if heat then
    call('HSET', KEYS.room, ROOM.heat, heat)
  end
  if battle then
    call('HSET', KEYS.room, ROOM.battle, battle)
  end
  local seats = unpack_(ARGV.seats)
  if #seats > 0 then
    Seats.write({version = 0, seats = seats, requests = {}, writes = '', silenced = {}})
  end
  Events.begin_epoch()
end

if ARGV.is_first == '1' then
  set_up()
end
local room = Rooms.read()
for _, stay in ipairs(unpack_(ARGV.stays)) do
  local user, order = stay[RESTORED_STAY.user], stay[RESTORED_STAY.order]
  local member = MEMBER{
    role = stay[RESTORED_STAY.role], label = '', name = stay[RESTORED_STAY.name], avatar = stay[RESTORED_STAY.avatar],
    joined = stay[RESTORED_STAY.entered], order = order, stay = stay[RESTORED_STAY.id],
    entries = stay[RESTORED_STAY.entries], keepalive = stay[RESTORED_STAY.keepalive],
  }
  local access = room.options and Rooms.access_of(user)
  Rooms.mark_moderator(member, access and access[ACCESS.role] == 3 or false)
  Seats.mark(member, stay[RESTORED_STAY.seat], stay[RESTORED_STAY.mutes])
  Rooms.write_member(user, member)
  call('ZADD', KEYS.order, order, user)
  Rooms.rank_host(user, member)
  room.last = math.max(room.last, order)
end
call('HSET', KEYS.room, ROOM.last_order, whole(room.last))
for _, user in ipairs(unpack_(ARGV.gone)) do
  call('SADD', KEYS.gone, user)
end
if ARGV.is_last == '1' then
  Rooms.update_visibility(room, ARGV.grace)
  Rooms.note_change(room)
  Events.publish_doubt()
end
return 1
