-- uses: time bucket rooms events
-- Keeps a room's metadata (METADATA). Returns in how many ms what was gathered is due.
-- ARGV: kind, data: the event that announces it ('': none does). by: whose doing it is.
local room = Rooms.read()
if not room or room.closing or room.broadcast ~= ARGV.broadcast then
  return 0
end
local version, announces = tonumber(ARGV.version), ARGV.kind ~= ''
local kept = call('HGET', KEYS.room, ROOM.metadata)
kept = kept and unpack_(kept)
if kept then
  local is_announced = kept[METADATA.announced] == 1 or not announces
  if kept[METADATA.version] > version or (kept[METADATA.version] == version and is_announced) then
    return 0
  end
end
local metadata = METADATA{version = version, value = ARGV.value, announced = announces and 1 or 0}
call('HSET', KEYS.room, ROOM.metadata, pack(metadata))
if not announces or not Events.is_heard(room) then
  return 0
end
Events.emit('s', Events.announcement(room, ARGV.kind, ARGV.data, ARGV.by))
Events.urgent = true
return Events.publish_or_gather(room)
