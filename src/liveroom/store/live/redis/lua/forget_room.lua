-- uses: time claimed room
-- KEYS: 11 rooms. A room that the ledger does not know as live.
local room = read_room()
call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
call('SREM', KEYS[11], ROOM)
call('ZREM', KEYS[7], ROOM)
if room then
  note(room.tenant, math.max(room.version + 1, NOW))
end
return 1
