-- uses: time common room events
-- Publishes what is due. Returns in how many ms what is gathered is due (0 when nothing is), and whether it was published.
local room = read_room()
if not room then
  call('ZREM', KEYS[13], ROOM)
  return {0, 0}
end
local log = room.log
if (log[5] == 0 and log[6] == 0) or is_held(log) then
  return {0, 0}
end
local wait = log[4] + PACE - NOW
if wait > 0 and wait <= PACE then
  return {wait, 0}
end
publish(room)
save_log(log)
return {0, 1}
