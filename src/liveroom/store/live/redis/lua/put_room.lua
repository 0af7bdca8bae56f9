-- uses: time bucket rooms events seats alarms
-- Opens a room, or brings it up to a newer row. Returns nothing (there is no such room), 'more' (stays of its former
-- broadcast are left to end), or the room (SUMMARY).
-- ARGV: most: how many stays to end in one call. options (''): nothing was arranged. ends: when the broadcast does (0:
-- it does not). access: USER_ACCESS, packed. plain: the options of a room for which nothing was arranged.
local rev, room = tonumber(ARGV.rev), Rooms.read()
local tomb = call('HGET', KEYS.tombs, Rooms.ID)
tomb = tomb and unpack_(tomb)
if room and rev <= room.rev then
  return not room.closing and Rooms.summary(room)
end
if tomb and rev <= tomb[TOMB.rev] then
  return false
end
local same = room and room.broadcast == ARGV.broadcast

-- Options without whether anything was arranged for somebody, which is nothing to say, and without connection, battle,
-- envelopes, streams, recording and activities, of which other events say what they are; of a live cover, which is the
-- room's picture, whether the room allows it.
local function public_options(packed)
  local options = packed and unpack_(packed) or unpack_(ARGV.plain)
  options[OPTIONS.guarded], options[OPTIONS.connection], options[OPTIONS.battle] = 0, false, false
  options[OPTIONS.envelopes], options[OPTIONS.streams], options[OPTIONS.recording] = '', '', ''
  options[OPTIONS.activities] = ''
  options[OPTIONS.live_cover] = options[OPTIONS.live_cover] and '' or false
  return pack(options)
end

local function connection(packed)
  return pack(unpack_(packed or ARGV.plain)[OPTIONS.connection] or false)
end

local function streams(packed)
  return unpack_(packed or ARGV.plain)[OPTIONS.streams] or ''
end

local function battle(packed)
  return unpack_(packed or ARGV.plain)[OPTIONS.battle] or false
end

-- As what a change of the battle is told; nothing, where it is the same (`RoomRecord.change` has the same).
local function battle_news(was, is)
  if pack(was) == pack(is) then
    return nil
  elseif is and is[ROOM_BATTLE.state] == 2 and not (was and was[ROOM_BATTLE.state] == 2) then
    return 'battle.ended'
  elseif is and not (was and was[ROOM_BATTLE.id] == is[ROOM_BATTLE.id]) then
    return 'battle.started'
  end
  return 'battle.changed'
end

local function become(user, member, role)
  member[MEMBER.role] = role
  Rooms.write_member(user, member)
  Rooms.rank_host(user, member)
  Rooms.journal(room, user, member)
  Events.emit_role(room, user, member)
end

-- Make the new owner a host, and of the former one, if they stay, what they are without owning the room.
local function pass_on(from)
  local heir, former = Rooms.read_member(room.owner), Rooms.read_member(from)
  local access = room.options and Rooms.access_of(from)
  if heir and heir[MEMBER.role] == 0 then
    become(room.owner, heir, 1)
  end
  local is_appointed = access and access[ACCESS.role] == 1
  if former and former[MEMBER.role] > 0 and not (room.hosts or is_appointed) then
    become(from, former, 0)
  end
end

local function has_seat(options, number)
  local is_locked = math.floor(options[OPTIONS.seat_locks] / 2 ^ (number - 1)) % 2 == 1
  return number <= options[OPTIONS.seats] and not is_locked
end

-- Put down whoever has a seat that the room does not have any more, or has locked; emit how seats are now.
local function fit_seats(before)
  local was, is = unpack_(before or ARGV.plain), unpack_(room.options or ARGV.plain)
  local same_seats = was[OPTIONS.seats] == is[OPTIONS.seats] and was[OPTIONS.seat_mode] == is[OPTIONS.seat_mode]
  if same_seats and was[OPTIONS.seat_locks] == is[OPTIONS.seat_locks] then
    return
  end
  local map, kept, moves = Seats.read(), {}, {}
  for _, seat in ipairs(map.seats) do
    local user = seat[SEAT.user]
    if has_seat(is, seat[SEAT.number]) then
      kept[#kept + 1] = seat
    else
      moves[#moves + 1] = MOVE{user = user, member = Rooms.read_member(user), number = 0, mutes = 0}
      Seats.remember_mute(map, user, seat[SEAT.mutes])
    end
  end
  map.seats = kept
  Seats.write(map)
  Seats.reseat(room, moves)
  Seats.emit(room, map)
end

-- Emit what a newer row has changed. Whether a room is delisted is not said in it: lists show that.
local function emit_changes(former)
  local was, is = unpack_(former.fixed), unpack_(room.fixed)
  local differs = was[FIXED.holder] ~= is[FIXED.holder] or was[FIXED.hosts] ~= is[FIXED.hosts]
    or was[FIXED.capacity] ~= is[FIXED.capacity] or was[FIXED.category] ~= is[FIXED.category]
    or was[FIXED.opened] ~= is[FIXED.opened]
  local same_owner = was[FIXED.owner] == is[FIXED.owner]
  local aside = (was[FIXED.delisted] or 0) ~= (is[FIXED.delisted] or 0) or former.options ~= room.options
  local only_aside = not differs and aside and former.card == room.card
  if public_options(former.options) ~= public_options(room.options) then
    Events.emit_room(room, 'room.options_changed')
  end
  if connection(former.options) ~= connection(room.options) then
    Events.emit_room(room, 'connection.changed')
  end
  if streams(former.options) ~= streams(room.options) then
    Events.emit_room(room, 'stream.changed')
  end
  local news = battle_news(battle(former.options), battle(room.options))
  if news then
    Events.emit_room(room, news)
  end
  if differs or (same_owner and not only_aside) then
    Events.emit_room(room, 'room.updated')
  end
  if not same_owner then
    Events.emit_room(room, 'room.owner_changed')
    pass_on(was[FIXED.owner])
  end
  fit_seats(former.options)
  Events.emit_visibility(room, former.hidden)
end

if room and not same then
  local are_named = not room.closing and call('HLEN', KEYS.members) <= EVENTS.crowd
  local left, ended = Rooms.end_stays(room, tonumber(ARGV.most), {})
  if left > 0 then
    call('HSET', KEYS.room, ROOM.closing, 1)
    return 'more'
  end
  Events.publish_closing(room, are_named and ended or {}, 'destroyed')
end
local version = math.max(room and room.version or 0, tomb and tomb[TOMB.version] or 0)
if not same then
  call(
    'DEL', KEYS.room, KEYS.members, KEYS.order, KEYS.hosts, KEYS.gone, KEYS.subs, KEYS.subscribers, KEYS.going,
    KEYS.said, KEYS.likers, KEYS.senders, KEYS.receivers, KEYS.told
  )
  call('ZREM', KEYS.lapses, Rooms.ID)
  call('ZADD', KEYS.due, whole(NOW + ARGV.grace), Rooms.ID)
  call('HDEL', KEYS.tombs, Rooms.ID)
  call('ZREM', KEYS.ages, Rooms.ID)
end
call('HSET', KEYS.room, ROOM.fixed, ARGV.fixed, ROOM.card, ARGV.card, ROOM.version, whole(version))
call('SADD', KEYS.rooms, Rooms.ID)
Rooms.put_options(ARGV.options)
if not same then
  Alarms.clear()
end
Alarms.set_end(tonumber(ARGV.ends))
if same then
  local former = room
  room = Rooms.read()
  Rooms.update_visibility(room, ARGV.grace)
  Rooms.note_change(room)
  emit_changes(former)
else
  Rooms.write_access(unpack_(ARGV.access))
  Events.begin_epoch()
  room = Rooms.read()
  Rooms.note_change(room)
  Events.emit_room(room, 'room.opened')
end
Events.publish_or_gather(room)
return Rooms.summary(room)
