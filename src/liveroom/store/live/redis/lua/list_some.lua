-- uses: bucket verify pages
-- Returns the cards of those of ARGV.rooms that are on the list, in its order.
-- ARGV: category ('': any). since, till: when they were opened ('': whenever). order: what they are ordered by. placed
-- (1): pinned ones come first, demoted ones last.
local since, till = tonumber(ARGV.since), tonumber(ARGV.till)
local COUNTED = {
  joined = LISTED_ROOM.joined, people = LISTED_ROOM.members, likes = LISTED_ROOM.likes, heat = LISTED_ROOM.heat,
}
local by = COUNTED[ARGV.order] or LISTED_ROOM.opened

local function zone_of(row)
  return row[LISTED_ROOM.zone] or 100
end

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
  local before, behind = zone_of(left), zone_of(right)
  if ARGV.placed == '1' and before ~= behind then
    return before > behind
  end
  before, behind = left[by] or 0, right[by] or 0
  if before ~= behind then
    return before > behind
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
