-- uses: time bucket rooms
-- Says of a room whose grace is over who inherits it: its broadcast, and the heir ('': nobody). It is named again 30 s
-- later.
-- Returns nothing when the room is not without its host, or its grace is not over.
local due = call('ZSCORE', KEYS.due, Rooms.ID)
local room = Rooms.read()
if not room or room.closing then
  call('ZREM', KEYS.due, Rooms.ID)
  return false
end
if not due or tonumber(due) > NOW then
  return false
end
if Rooms.is_hosted(room) then
  call('ZREM', KEYS.due, Rooms.ID)
  return false
end
call('ZADD', KEYS.due, whole(NOW + 30000), Rooms.ID)

-- Who of those appointed to this role has been there for longest. `facts`: fields of the room and values by turns.
local function appointed(facts, role)
  local first, found = nil, nil
  for at = 1, #facts, 2 do
    local user = string.sub(facts[at], 1, 2) == 's:' and string.sub(facts[at], 3)
    if user and user ~= room.owner and unpack_(facts[at + 1])[ACCESS.role] == role then
      local order = call('ZSCORE', KEYS.order, user)
      if order and (not first or tonumber(order) < first) then
        first, found = tonumber(order), user
      end
    end
  end
  return found
end

local function other_host()
  for _, user in ipairs(call('ZRANGE', KEYS.hosts, 0, 1)) do
    if user ~= room.owner then
      return user
    end
  end
end

local facts = room.options and call('HGETALL', KEYS.room) or {}
return {room.broadcast, appointed(facts, 1) or appointed(facts, 3) or other_host() or ''}
