-- uses: time awaited bucket rooms events seats alarms
-- Writes a seat map. Returns -1 when the room or its seat map is another by now than was seen, or somebody who is to
-- have a seat is not in the room; else in how many ms what was gathered is due.
-- ARGV: rev, version: of the room's row and of the seat map as they were seen. seats, requests: as they are to be.
-- announced: the events about requests (ANNOUNCED). due_request: when the next request is over (0: there is none).
-- by: whose doing it is. token: of this write; a script whose answer was lost runs again, and changes nothing then.
-- silenced: who comes to a seat muted. Lists are packed.
local REMEMBERED = 20 * 9
local room = Rooms.read()
if not room or room.closing or room.broadcast ~= ARGV.broadcast then
  return -1
end
local map, seats, token = Seats.read(), unpack_(ARGV.seats), ARGV.token .. ' '
if string.find(map.writes, token, 1, true) then
  return 0
end
if map.version ~= tonumber(ARGV.version) or room.rev ~= tonumber(ARGV.rev) then
  return -1
end
map.writes = string.sub(map.writes .. token, -REMEMBERED)
local before, after, members = {}, {}, {}
for _, seat in ipairs(map.seats) do
  before[seat[SEAT.user]] = seat
end
for _, seat in ipairs(seats) do
  local user = seat[SEAT.user]
  members[user], after[user] = Rooms.read_member(user), seat
  if not members[user] then
    return -1
  end
end
local moves = {}
for _, seat in ipairs(map.seats) do
  local user = seat[SEAT.user]
  if not after[user] then
    moves[#moves + 1] = MOVE{user = user, member = Rooms.read_member(user), number = 0, mutes = 0}
  end
end
for _, seat in ipairs(seats) do
  local user, number, mutes = seat[SEAT.user], seat[SEAT.number], seat[SEAT.mutes]
  local old = before[user]
  if not old or old[SEAT.number] ~= number or old[SEAT.mutes] ~= mutes then
    moves[#moves + 1] = MOVE{user = user, member = members[user], number = number, mutes = mutes}
  end
end
map.seats, map.requests, map.silenced = seats, unpack_(ARGV.requests), unpack_(ARGV.silenced)
Seats.write(map)
Alarms.set_requests(tonumber(ARGV.due_request))
if Events.is_heard(room) then
  for _, row in ipairs(unpack_(ARGV.announced)) do
    if room.log[LOG.gathered] + Events.named < EVENTS.crowd then
      Events.emit('a', Events.announcement(room, row[ANNOUNCED.kind], row[ANNOUNCED.data], row[ANNOUNCED.by]))
    end
  end
end
Seats.reseat(room, moves)
if #moves > 0 then
  Seats.emit(room, map, ARGV.by)
end
return Events.publish_or_gather(room)
