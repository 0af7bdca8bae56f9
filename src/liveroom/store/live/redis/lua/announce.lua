-- uses: time awaited bucket rooms events
-- Emits an event that nothing in the store is behind. Returns -1 when the tenant has no such room, else in how many ms
-- what was gathered is due.
-- ARGV: data: JSON. by: whose doing it is (or ''). paced (1): it keeps to the room's pace.
--
-- The room's field `announced` has the ids of the last ones: a script whose answer was lost runs again, and emits
-- nothing then.
local REMEMBERED = 32 * 17
local room = Rooms.read()
if not room or room.closing or room.tenant ~= ARGV.tenant then
  return -1
end
local ids, id = call('HGET', KEYS.room, ROOM.announced) or '', ARGV.id .. ' '
if string.find(ids, id, 1, true) or not Events.is_heard(room) then
  return 0
end
local paced = ARGV.paced == '1'
if paced and room.log[LOG.gathered] >= EVENTS.crowd then
  return 0
end
call('HSET', KEYS.room, ROOM.announced, string.sub(ids .. id, -REMEMBERED))
Events.emit(paced and 'a' or 's', Events.announcement(room, ARGV.kind, ARGV.data, ARGV.by))
Events.urgent = not paced
return Events.publish_or_gather(room)
