-- uses: time claimed room events alarms
-- Forgets a room that is not live, as SQL knows.
local room = read_room()
call(
  'DEL', KEYS.room, KEYS.members, KEYS.order, KEYS.hosts, KEYS.gone, KEYS.log, KEYS.gathered, KEYS.subs,
  KEYS.subscribers, KEYS.going, KEYS.said, KEYS.likers
)
call('ZREM', KEYS.pending, ROOM_ID)
call('ZREM', KEYS.lapses, ROOM_ID)
call('SREM', KEYS.rooms, ROOM_ID)
clear_alarms()
call('ZREM', KEYS.due, ROOM_ID)
if room then
  note_dirty(room.tenant, math.max(room.version + 1, NOW))
end
publish_doubt()
return 1
