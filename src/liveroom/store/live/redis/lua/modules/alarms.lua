-- KEYS.alarms: what is due in the bucket's rooms, and when. `e|<room>`: its broadcast ends; `q|<room>`: requests for
-- seats are over.
local function set_alarm(name, due)
  if due > 0 then
    call('ZADD', KEYS.alarms, whole(due), name .. Rooms.ID)
  else
    call('ZREM', KEYS.alarms, name .. Rooms.ID)
  end
end

function Alarms.set_end(ends)
  set_alarm('e|', ends)
end

function Alarms.set_requests(due)
  set_alarm('q|', due)
end

function Alarms.clear()
  call('ZREM', KEYS.alarms, 'e|' .. Rooms.ID, 'q|' .. Rooms.ID)
end
