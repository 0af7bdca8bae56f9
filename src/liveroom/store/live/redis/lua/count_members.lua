-- uses: bucket
-- Counts the members of rooms. KEYS.rooms: a room and its members by turns. Returns of each its tenant, or nothing when
-- it is not live, and how many members it has.
local answer = {}
for at = KEY.rooms, #KEYS, 2 do
  local packed, closing = unpack(call('HMGET', KEYS[at], ROOM.fixed, ROOM.closing))
  answer[#answer + 1] = packed and not closing and unpack_(packed)[FIXED.tenant]
  answer[#answer + 1] = call('HLEN', KEYS[at + 1])
end
return answer
