-- uses: common verify page
-- KEYS: 1 facts, 2 rooms, 3 cards. ARGV: 1 category, 2 and 3 since and until (or empty), 4 number of the field that decides
-- the order, 5 offset, 6 limit, then rooms, 7 and on; last the server's run id.
local since, till, by = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local found, had = {}, {}
for number = 7, #ARGV - 1 do
  local room = ARGV[number]
  local raw = not had[room] and call('HGET', KEYS[2], room)
  local row = raw and unpack_(raw)
  had[room] = true
  if row and row[6] == 1 and (ARGV[1] == '' or row[3] == ARGV[1]) and (not since or row[4] >= since)
    and (not till or row[4] < till) then
    row[7] = room
    found[#found + 1] = row
  end
end
table.sort(found, function(left, right)
  if left[by] ~= right[by] then
    return left[by] > right[by]
  elseif left[4] ~= right[4] then
    return left[4] > right[4]
  end
  return left[7] > right[7]
end)
local rooms = {}
for number = ARGV[5] + 1, math.min(ARGV[5] + ARGV[6], #found) do
  rooms[#rooms + 1] = found[number][7]
end
return (cards_of(rooms))
