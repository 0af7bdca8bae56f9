-- uses: time awaited bucket rooms events
-- Keeps the scores of the battle that runs in a room, and tells the room of them. Returns in how many ms what was
-- gathered is due.
-- ARGV: version: scores of a lower one than those that are kept change nothing. data: they as JSON.
local room = Rooms.read()
if not room or room.closing or room.tenant ~= ARGV.tenant then
  return 0
end
local running = Rooms.running_battle(room)
if not running or running[ROOM_BATTLE.id] ~= ARGV.battle then
  return 0
end
local battle, version = Rooms.read_battle(ARGV.battle), tonumber(ARGV.version)
if battle[BATTLE.version] > version or battle[BATTLE.data] == ARGV.data then
  return 0
end
battle[BATTLE.version], battle[BATTLE.data] = version, ARGV.data
call('HSET', KEYS.room, ROOM.battle, pack(battle))
if not Events.is_heard(room) or room.log[LOG.gathered] >= EVENTS.crowd then
  return 0
end
Events.emit('a', Events.announcement(room, 'battle.score', ARGV.data, ''))
return Events.publish_or_gather(room)
