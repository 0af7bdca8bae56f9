-- KEYS.alarms: what is due in the bucket's rooms, and when. `e|<room>`: its broadcast ends; `q|<room>`: requests for
-- seats are over.
local function set_alarm(name, due)
  if due > 0 then
    call('ZADD', KEYS.alarms, whole(due), name .. ROOM_ID)
  else
    call('ZREM', KEYS.alarms, name .. ROOM_ID)
  end
end

local function set_end(ends)
  set_alarm('e|', ends)
end

local function set_requests(due)
  set_alarm('q|', due)
end

local function clear_alarms()
  call('ZREM', KEYS.alarms, 'e|' .. ROOM_ID, 'q|' .. ROOM_ID)
end
