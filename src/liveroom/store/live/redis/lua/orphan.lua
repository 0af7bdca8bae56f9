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

-- Whoever of those appointed to this role has been there longest.
local function appointed(standings, role)
  local first, found = nil, nil
  for number = 1, #standings, 2 do
    local user = string.sub(standings[number], 1, 2) == 's:' and string.sub(standings[number], 3)
    if user and user ~= room.owner and unpack_(standings[number + 1])[1] == role then
      local order = call('ZSCORE', KEYS[4], user)
      if order and (not first or tonumber(order) < first) then
        first, found = tonumber(order), user
      end
    end
  end
  return found
end

local function other_host()
  for _, user in ipairs(call('ZRANGE', KEYS[5], 0, 1)) do
    if user ~= room.owner then
      return user
    end
  end
end

local facts = room.options and call('HGETALL', KEYS[2]) or {}
return {room.broadcast, appointed(facts, 1) or appointed(facts, 3) or other_host() or ''}
