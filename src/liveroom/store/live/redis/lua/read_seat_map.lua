-- uses: bucket
-- Returns nothing when there is no such room, else the room (SUMMARY), its seat map, and user and record, by turns, of
-- those who are in the room: of ARGV.users, and of the users whom the seat map names.
local packed, card, version, hidden, closing, options, likes, packed_map, cools = unpack(call(
  'HMGET', KEYS.room, ROOM.fixed, ROOM.card, ROOM.version, ROOM.hidden, ROOM.closing, ROOM.options, ROOM.likes,
  ROOM.seat_map, ROOM.heat
))
if not packed or closing then
  return false
end
local members = call('HLEN', KEYS.members)
local summary = SUMMARY{
  fixed = packed, card = card, version = version, hidden = hidden and 1 or 0, members = members,
  joined = members + call('SCARD', KEYS.gone), options = options, likes = tonumber(likes or 0),
  heat = math.floor(cools or 0),
}
local answer = {summary, packed_map}
local users, known = {}, {}
local function name(user)
  if not known[user] then
    known[user], users[#users + 1] = true, user
  end
end
for at = ARG.users, #ARGV do
  name(ARGV[at])
end
local map = packed_map and unpack_(packed_map) or SEAT_MAP{version = 0, seats = {}, requests = {}}
for _, seat in ipairs(map[SEAT_MAP.seats]) do
  name(seat[SEAT.user])
end
for _, request in ipairs(map[SEAT_MAP.requests]) do
  name(request[REQUEST.user])
end
for number, record in ipairs(#users > 0 and call('HMGET', KEYS.members, unpack(users)) or {}) do
  if record then
    answer[#answer + 1], answer[#answer + 2] = users[number], record
  end
end
return answer
