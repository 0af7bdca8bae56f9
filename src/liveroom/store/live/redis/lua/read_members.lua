-- uses: bucket onlookers
-- Reads a page of a room's members. Returns nothing when the tenant has no such room; else the version, what was
-- arranged for the room and what the viewer is to it (nothing: the room is for everybody to see), and, unless the
-- caller has this version, user and record by turns.
-- ARGV: after: which order. version: the one that the caller has. viewer (''): who looks does not matter.
local packed, closing, version, options = unpack(call(
  'HMGET', KEYS.room, ROOM.fixed, ROOM.closing, ROOM.version, ROOM.options
))
if not packed or closing then
  return false
end
local fixed = unpack_(packed)
if fixed[FIXED.tenant] ~= ARGV.tenant then
  return false
end
local answer = {version, false, false}
if ARGV.viewer ~= '' and options then
  answer = {version, options, Onlookers.look(ARGV.viewer, fixed, unpack_(options))}
end
if version == ARGV.version then
  return answer
end
local users = call('ZRANGEBYSCORE', KEYS.order, '(' .. ARGV.after, '+inf', 'LIMIT', ARGV.offset, ARGV.limit)
for first = 1, #users, 1000 do
  local last = math.min(first + 999, #users)
  for number, record in ipairs(call('HMGET', KEYS.members, unpack(users, first, last))) do
    answer[#answer + 1] = users[first + number - 1]
    answer[#answer + 1] = record
  end
end
return answer
