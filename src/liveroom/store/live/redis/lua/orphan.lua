-- uses: time bucket rooms
-- Says of a room whose grace is over who may inherit it: its broadcast, its owner, and members (CANDIDATE, packed): all
-- who are appointed to something, and of the hosts the two who have been there longest. It is named again after a while.
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
call('ZADD', KEYS.due, whole(NOW + PRESENCE.named_again), Rooms.ID)

local candidates = {}
local facts = room.options and call('HGETALL', KEYS.room) or {}
for at = 1, #facts, 2 do
  local user = string.sub(facts[at], 1, 2) == 's:' and string.sub(facts[at], 3)
  local role = user and unpack_(facts[at + 1])[ACCESS.role] or 0
  local order = role > 0 and call('ZSCORE', KEYS.order, user)
  if order then
    candidates[#candidates + 1] = CANDIDATE{user = user, order = tonumber(order), appointed = role, hosts = 0}
  end
end
local hosts = call('ZRANGE', KEYS.hosts, 0, 1, 'WITHSCORES')
for at = 1, #hosts, 2 do
  candidates[#candidates + 1] = CANDIDATE{user = hosts[at], order = tonumber(hosts[at + 1]), appointed = 0, hosts = 1}
end
return {room.broadcast, room.owner, pack(candidates)}
