-- uses: time bucket verify
-- Reads all that a new subscriber of a room sees. Returns nothing when the tenant has no such room; else its log, the
-- room (SUMMARY), its seat map, users and records of those who have a seat, packed, what was sent (GIFT_TOTALS, packed,
-- or nothing), what is told of its battle (BATTLE, packed, or nothing) and of its activities (TALLY, packed, or nothing),
-- the time, and first members: user and record by turns.
local packed, card, version, hidden, closing, log, heard, options, likes, map, cools, gifts, battle, tallies =
  unpack(call(
  'HMGET', KEYS.room, ROOM.fixed, ROOM.card, ROOM.version, ROOM.hidden, ROOM.closing, ROOM.log, ROOM.heard,
  ROOM.options, ROOM.likes, ROOM.seat_map, ROOM.heat, ROOM.gifts, ROOM.battle, ROOM.tallies
))
if not packed or closing or unpack_(packed)[FIXED.tenant] ~= ARGV.tenant then
  return false
end
-- Whoever asks for the room's state is about to listen.
if tonumber(heard or 0) < NOW + EVENTS.listened_for / 2 then
  call('HSET', KEYS.room, ROOM.heard, whole(NOW + EVENTS.listened_for))
end
local members, seated = call('HLEN', KEYS.members), {}
for _, seat in ipairs(map and unpack_(map)[SEAT_MAP.seats] or {}) do
  local user = seat[SEAT.user]
  local record = call('HGET', KEYS.members, user)
  seated[#seated + 1] = record and {user, unpack_(record)} or nil
end
local summary = SUMMARY{
  fixed = packed, card = card, version = version, hidden = hidden and 1 or 0, members = members,
  joined = members + call('SCARD', KEYS.gone), options = options, likes = tonumber(likes or 0),
  heat = math.floor(cools or 0),
}
local answer = {log, summary, map, pack(seated), gifts, battle, tallies, NOW}
local users = call('ZRANGE', KEYS.order, 0, ARGV.most - 1)
for number, record in ipairs(#users > 0 and call('HMGET', KEYS.members, unpack(users)) or {}) do
  answer[#answer + 1], answer[#answer + 2] = users[number], record
end
return answer
