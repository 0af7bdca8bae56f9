-- uses: time bucket rooms events alarms
-- Closes a room, the stays of a great one in several calls. Returns 1 when there is more to do, and presence entries
-- that end with it (MEMBER_ENTRY, packed).
-- ARGV: remembered: for how long it is known that the room was closed. most: how many stays to end in one call.
local rev, room = tonumber(ARGV.rev), Rooms.read()
local tomb = call('HGET', KEYS.tombs, Rooms.ID)
tomb = tomb and unpack_(tomb)
if (room and rev <= room.rev) or (tomb and rev <= tomb[TOMB.rev]) then
  return {0, pack({})}
end
local entries = {}
if room then
  local are_named = not room.closing and call('HLEN', KEYS.members) <= EVENTS.crowd
  local left, ended = Rooms.end_stays(room, tonumber(ARGV.most), entries)
  if left > 0 then
    call('HSET', KEYS.room, ROOM.closing, 1)
    return {1, pack(entries)}
  end
  Events.publish_closing(room, are_named and ended or {}, ARGV.reason)
end
local version = math.max((room and room.version or 0) + 1, (tomb and tomb[TOMB.version] or 0) + 1, NOW)
call(
  'DEL', KEYS.room, KEYS.members, KEYS.order, KEYS.hosts, KEYS.gone, KEYS.log, KEYS.gathered, KEYS.subs,
  KEYS.subscribers, KEYS.going, KEYS.said, KEYS.likers, KEYS.senders, KEYS.receivers, KEYS.told
)
call('ZREM', KEYS.pending, Rooms.ID)
call('ZREM', KEYS.lapses, Rooms.ID)
call('SREM', KEYS.rooms, Rooms.ID)
Alarms.clear()
call('ZREM', KEYS.due, Rooms.ID)
for _, old in ipairs(call('ZRANGEBYSCORE', KEYS.ages, '-inf', whole(NOW - ARGV.remembered), 'LIMIT', 0, 20)) do
  call('HDEL', KEYS.tombs, old)
  call('ZREM', KEYS.ages, old)
end
call('HSET', KEYS.tombs, Rooms.ID, pack(TOMB{rev = rev, version = version}))
call('ZADD', KEYS.ages, whole(NOW), Rooms.ID)
Rooms.note_dirty(ARGV.tenant, version)
return {0, pack(entries)}
