-- uses: time common room events
-- Publishes what was gathered and is due. Returns in how many ms it is (0: nothing is gathered), and whether it was
-- published.
local room = read_room()
if not room then
  call('ZREM', KEYS.pending, ROOM_ID)
  return {0, 0}
end
local log = room.log
if (log[LOG.gathered] == 0 and log[LOG.unnamed] == 0) or is_held(log) then
  return {0, 0}
end
local wait = log[LOG.told] + PACE - NOW
if wait > 0 and wait <= PACE then
  return {wait, 0}
end
publish(room)
save_log(log)
return {0, 1}
