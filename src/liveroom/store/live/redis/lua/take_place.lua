-- uses: time awaited common user
-- ARGV: 6 user, 7 session, 8 kind of beat, 9 issued, 10 room, 11 place, 12 host. Returns nothing for a session that has
-- ended, else the place, name (or false), avatar, all former places and if the session sends keepalives, packed: the same
-- however often it runs.
local user, id, room, wanted = ARGV[6], ARGV[7], ARGV[10], ARGV[11]
local record = read(user)
local absent = is_absent(record)
local session = beat(user, record, id, tonumber(ARGV[8]), tonumber(ARGV[9]))
if not session then
  return false
end
local mine
for _, place in ipairs(record[5]) do
  if place[2] == id and place[3] == room then
    mine = place
  end
end
if mine then
  mine[4], mine[5] = math.floor(NOW / 1000), math.max(mine[5], tonumber(ARGV[12]))
  if (mine[6] or 0) > 0 or mine[7] or mine[9] == 1 then
    -- It was about to end, or perhaps before all was lost: whoever ends it must not end the new one. What it had
    -- superseded ends with what did so to it.
    follow(record, mine[1], mine[7] or wanted)
    mine[1] = wanted
    mine[6], mine[7], mine[8], mine[9] = nil, nil, nil, nil
  end
else
  mine = {wanted, id, room, math.floor(NOW / 1000), tonumber(ARGV[12])}
  record[5][#record[5] + 1] = mine
end
-- Those that were superseded before are named again: who did that may have broken off, and leaving twice changes nothing.
local former = {}
for _, place in ipairs(record[5]) do
  if place ~= mine and place[2] == id and place[5] == 0 then
    if not place[7] then
      place[6], place[7], place[8] = place[6] or 0, mine[1], NOW
    end
    former[#former + 1] = named(user, place)
  end
end
if ARGV[8] ~= '2' then
  session[3] = NOW + lease(record, session)
end
local answer = pack({mine[1], record[1], record[2], former, session[4]})
write(user, record, absent)
turn()
return answer
