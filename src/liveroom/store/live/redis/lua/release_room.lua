-- uses: time common room events
-- ARGV: 3 the version that the list shows. Publishes what was kept back until then, unless that waits for a newer one.
local room = read_room()
if not room or room.log[7] == 0 or room.log[8] > tonumber(ARGV[3]) then
  return 0
end
publish(room)
save_log(room.log)
return 1
