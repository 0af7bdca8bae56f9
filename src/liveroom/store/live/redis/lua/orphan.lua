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
-- Where no other host is there, the moderator who has been there longest.
local function moderator()
  local first, found = nil, ''
  local facts = call('HGETALL', KEYS[2])
  for number = 1, #facts, 2 do
    local user = string.sub(facts[number], 1, 2) == 's:' and string.sub(facts[number], 3)
    if user and user ~= room.owner and unpack_(facts[number + 1])[1] == 3 then
      local order = call('ZSCORE', KEYS[4], user)
      if order and (not first or tonumber(order) < first) then
        first, found = tonumber(order), user
      end
    end
  end
  return found
end
if heir == '' and room.options then
  heir = moderator()
end
return {room.broadcast, heir}
