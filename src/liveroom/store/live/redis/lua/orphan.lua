-- uses: time common room
-- Returns the broadcast and the heir (or empty) of a room whose grace is over; it is named again 30 s later.
local due = call('ZSCORE', KEYS[7], ROOM)
local room = read_room()
if not room or room.closing then
  call('ZREM', KEYS[7], ROOM)
  return false
end
if not due or tonumber(due) > NOW then
  return false
end
if is_hosted(room) then
  call('ZREM', KEYS[7], ROOM)
  return false
end
call('ZADD', KEYS[7], whole(NOW + 30000), ROOM)
local heir = ''
for _, user in ipairs(call('ZRANGE', KEYS[5], 0, 1)) do
  if user ~= room.owner and heir == '' then
    heir = user
  end
end
return {room.broadcast, heir}
