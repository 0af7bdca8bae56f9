-- uses: time bucket rooms events
-- Publishes what was kept back until the list shows a version of the room (ARGV.version: the one that it shows).
local room = Rooms.read()
if not room or room.log[LOG.held] == 0 or room.log[LOG.shows] > tonumber(ARGV.version) then
  return 0
end
Events.publish(room)
Events.save_log(room.log)
return 1
