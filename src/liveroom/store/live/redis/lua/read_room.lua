-- uses: bucket onlookers
-- Returns the room (SUMMARY), and what ARGV.viewer, if they are given, is to it (ONLOOKER), unless nothing was arranged
-- for the room; or nothing, when there is no such room.
local packed, card, version, hidden, closing, options, likes, cools = unpack(call(
  'HMGET', KEYS.room, ROOM.fixed, ROOM.card, ROOM.version, ROOM.hidden, ROOM.closing, ROOM.options, ROOM.likes,
  ROOM.heat
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
return {summary, ARGV.viewer and options and Onlookers.look(ARGV.viewer, unpack_(packed), unpack_(options)) or false}
