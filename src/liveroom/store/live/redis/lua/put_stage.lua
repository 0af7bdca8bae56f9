-- uses: time awaited common room events stage alarms
-- ARGV: 3 broadcast, 4 rev of the room's row and 5 version of the stage as they were seen, 6 seats and 7 requests as they are
-- to be, 8 what is told of requests {kind, data, by whom}, packed; 9 when the next request is over (0: none), 10 by whom,
-- 11 token of this write, 12 who comes to a seat muted, packed.
-- Returns -1 when they are others by now, or somebody who is to have a seat is not in the room, else in how many ms what
-- was gathered is due. A script whose answer was lost runs again: it changes nothing then.
local REMEMBERED = 20 * 9
local room = read_room()
if not room or room.closing or room.broadcast ~= ARGV[3] then
  return -1
end
local stage, seats, token = read_stage(), unpack_(ARGV[6]), ARGV[11] .. ' '
if string.find(stage.writes, token, 1, true) then
  return 0
end
if stage.version ~= tonumber(ARGV[5]) or room.rev ~= tonumber(ARGV[4]) then
  return -1
end
stage.writes = string.sub(stage.writes .. token, -REMEMBERED)
local before, after, members = {}, {}, {}
for _, one in ipairs(stage.seats) do
  before[one[2]] = one
end
for _, one in ipairs(seats) do
  members[one[2]], after[one[2]] = read_member(one[2]), one
  if not members[one[2]] then
    return -1
  end
end
local moves = {}
for _, one in ipairs(stage.seats) do
  if not after[one[2]] then
    moves[#moves + 1] = {one[2], read_member(one[2]), 0, 0}
  end
end
for _, one in ipairs(seats) do
  local old = before[one[2]]
  if not old or old[1] ~= one[1] or old[3] ~= one[3] then
    moves[#moves + 1] = {one[2], members[one[2]], one[1], one[3]}
  end
end
stage.seats, stage.requests, stage.silenced = seats, unpack_(ARGV[7]), unpack_(ARGV[12])
write_stage(stage)
set_requests(tonumber(ARGV[9]))
if is_heard(room) then
  for _, one in ipairs(unpack_(ARGV[8])) do
    if room.log[5] + named < CROWD then
      room.log[2] = room.log[2] + 1
      add('a', pack({one[1], room.log[2], NOW, '', false, false, false, one[2], one[3]}))
    end
  end
end
reseat(room, moves)
if #moves > 0 then
  tell_seats(room, stage, ARGV[10])
end
return send(room)
