-- uses: time bucket rooms events
-- Publishes what was gathered and is due. Returns in how many ms it is (0: nothing is gathered), and whether it was
-- published.
local room = Rooms.read()
if not room then
  call('ZREM', KEYS.pending, Rooms.ID)
  return {0, 0}
end
local log = room.log
if (log[LOG.gathered] == 0 and log[LOG.unnamed] == 0) or Events.is_held(log) then
  return {0, 0}
end
local wait = Events.leaves_in(log, false)
if wait > 0 then
  return {wait, 0}
end
Events.publish(room)
Events.save_log(log)
return {0, 1}
