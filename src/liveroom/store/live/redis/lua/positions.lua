-- uses: bucket verify
-- Returns where the events of rooms are (KEYS.rooms): their logs (LOG, packed); nothing for one that is not live.
local answer = {}
for at = KEY.rooms, #KEYS do
  local log, closing, heard = unpack(call('HMGET', KEYS[at], ROOM.log, ROOM.closing, ROOM.heard))
  if heard == '0' and not closing then
    call('HSET', KEYS[at], ROOM.heard, '1')
  end
  answer[#answer + 1] = not closing and log
end
return answer
