-- uses: time awaited bucket rooms events
-- Keeps what is counted in an activity that runs in a room, and tells the room of it. Returns in how many ms what was
-- gathered is due.
-- ARGV: votes: a tally of fewer than the one that is kept changes nothing. data: the tally as JSON.
local room = Rooms.read()
if not room or room.closing or room.tenant ~= ARGV.tenant or not Rooms.runs_activity(room, ARGV.activity) then
  return 0
end
local packed, votes = call('HGET', KEYS.room, ROOM.tallies), tonumber(ARGV.votes)
local kept = {TALLY{activity = ARGV.activity, votes = votes, data = ARGV.data}}
for _, tally in ipairs(packed and unpack_(packed) or {}) do
  if tally[TALLY.activity] ~= ARGV.activity then
    if Rooms.runs_activity(room, tally[TALLY.activity]) then
      kept[#kept + 1] = tally
    end
  elseif tally[TALLY.votes] > votes or tally[TALLY.data] == ARGV.data then
    return 0
  end
end
call('HSET', KEYS.room, ROOM.tallies, pack(kept))
if not Events.is_heard(room) or room.log[LOG.gathered] >= EVENTS.crowd then
  return 0
end
Events.emit('a', Events.announcement(room, 'activity.tally', ARGV.data, ''))
return Events.publish_or_gather(room)
