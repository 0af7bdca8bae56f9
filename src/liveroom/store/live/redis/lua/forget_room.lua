-- uses: time claimed room events alarms
-- KEYS: 15 rooms, 18 subs, 19 subscribers, 20 going, 21 lapses, 23 said, 24 likers. A room that the ledger does not know as live.
local room = read_room()
call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[11], KEYS[12], KEYS[18], KEYS[19], KEYS[20], KEYS[23], KEYS[24])
call('ZREM', KEYS[13], ROOM)
call('ZREM', KEYS[21], ROOM)
call('SREM', KEYS[15], ROOM)
silence()
call('ZREM', KEYS[7], ROOM)
if room then
  note(room.tenant, math.max(room.version + 1, NOW))
end
tell_doubt()
return 1
