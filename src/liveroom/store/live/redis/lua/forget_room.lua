-- uses: time claimed rooms events alarms
-- Forgets a room that is not live, as SQL knows.
local room = Rooms.read()
call(
  'DEL', KEYS.room, KEYS.members, KEYS.order, KEYS.hosts, KEYS.gone, KEYS.log, KEYS.gathered, KEYS.subs,
  KEYS.subscribers, KEYS.going, KEYS.said, KEYS.likers, KEYS.senders, KEYS.receivers, KEYS.told
)
call('ZREM', KEYS.pending, Rooms.ID)
call('ZREM', KEYS.lapses, Rooms.ID)
call('SREM', KEYS.rooms, Rooms.ID)
Alarms.clear()
call('ZREM', KEYS.due, Rooms.ID)
if room then
  Rooms.note_dirty(room.tenant, math.max(room.version + 1, NOW))
end
Events.publish_doubt()
return 1
