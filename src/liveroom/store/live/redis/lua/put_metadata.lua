-- uses: time bucket rooms events
-- Keeps a room's metadata (METADATA). Returns in how many ms what was gathered is due.
-- ARGV: kind, data: the event that says so ('': it is not said). by: whose doing it is.
local room = Rooms.read()
if not room or room.closing or room.broadcast ~= ARGV.broadcast then
  return 0
end
local version, tells = tonumber(ARGV.version), ARGV.kind ~= ''
local kept = call('HGET', KEYS.room, ROOM.metadata)
kept = kept and unpack_(kept)
if kept then
  local is_said = kept[METADATA.told] == 1 or not tells
  if kept[METADATA.version] > version or (kept[METADATA.version] == version and is_said) then
    return 0
  end
end
local metadata = METADATA{version = version, value = ARGV.value, told = tells and 1 or 0}
call('HSET', KEYS.room, ROOM.metadata, pack(metadata))
if not tells or not Events.is_heard(room) then
  return 0
end
Events.emit('s', Events.announcement(room, ARGV.kind, ARGV.data, ARGV.by))
Events.urgent = true
return Events.publish_or_gather(room)
