-- KEYS: 22 alarms: what is due in the bucket's rooms, and when: e|<room>, its broadcast ends; q|<room>, requests for seats
-- are over.
local function set_end(ends)
  if ends > 0 then
    call('ZADD', KEYS[22], whole(ends), 'e|' .. ROOM)
  else
    call('ZREM', KEYS[22], 'e|' .. ROOM)
  end
end

local function set_requests(due)
  if due > 0 then
    call('ZADD', KEYS[22], whole(due), 'q|' .. ROOM)
  else
    call('ZREM', KEYS[22], 'q|' .. ROOM)
  end
end

local function silence()
  call('ZREM', KEYS[22], 'e|' .. ROOM, 'q|' .. ROOM)
end
