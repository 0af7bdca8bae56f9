-- uses: bucket verify pages
-- Returns the cards of those of ARGV.rooms that are on the list, in its order.
-- ARGV: category ('': any). since, till: when they were opened ('': whenever). by_joined (1): those come first that
-- most have joined, else the newest.
local since, till = tonumber(ARGV.since), tonumber(ARGV.till)
local by = ARGV.by_joined == '1' and LISTED_ROOM.joined or LISTED_ROOM.opened

local function is_asked_for(row)
  local opened, category = row[LISTED_ROOM.opened], row[LISTED_ROOM.category]
  return row[LISTED_ROOM.listed] == 1 and (ARGV.category == '' or category == ARGV.category)
    and (not since or opened >= since) and (not till or opened < till)
end

local found, had = {}, {}
for at = ARG.rooms, ARG.run_id - 1 do
  local room = ARGV[at]
  local raw = not had[room] and call('HGET', KEYS.rooms, room)
  local row = raw and unpack_(raw)
  had[room] = true
  if row and is_asked_for(row) then
    row[LISTED_ROOM.room] = room
    found[#found + 1] = row
  end
end
table.sort(found, function(left, right)
  if left[by] ~= right[by] then
    return left[by] > right[by]
  elseif left[LISTED_ROOM.opened] ~= right[LISTED_ROOM.opened] then
    return left[LISTED_ROOM.opened] > right[LISTED_ROOM.opened]
  end
  return left[LISTED_ROOM.room] > right[LISTED_ROOM.room]
end)
local rooms = {}
for number = ARGV.offset + 1, math.min(ARGV.offset + ARGV.limit, #found) do
  rooms[#rooms + 1] = found[number][LISTED_ROOM.room]
end
return (Pages.cards_of(rooms))
