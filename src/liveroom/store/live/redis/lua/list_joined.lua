-- uses: common verify page
-- KEYS: 1 facts, 2 rooms, 3 cards, 4 index, 5 ranking. ARGV: 1 what the caller has, 2 from name, 3 to name (excluded),
-- 4 how much of a name stands before joined, 5 and 6 since and until (or empty), 7 position, 8 limit, 9 a first page (1)
-- or a later one, 10 how long a ranking is, 11 how long it lives, 12 the server's run id.
-- Returns the token, and unless that is what the caller has, the cards and where the next page begins (0: at the end);
-- no cards when the ranking is gone.
if TOKEN == ARGV[1] then
  return {TOKEN}
end
local position, limit = tonumber(ARGV[7]), tonumber(ARGV[8])
local before = tonumber(ARGV[4]) + 10
local since, till = tonumber(ARGV[5]), tonumber(ARGV[6])

local function ranked(most)
  local rooms = {}
  for _, name in ipairs(call('ZREVRANGEBYLEX', KEYS[4], ARGV[3], ARGV[2], 'LIMIT', 0, most)) do
    local opened = tonumber(string.sub(name, before + 1, before + 13))
    if (not since or opened >= since) and (not till or opened < till) then
      rooms[#rooms + 1] = string.sub(name, before + 14)
    end
  end
  return rooms
end

-- Rank the rooms; keep the ranking when it has more than this page.
local function freeze()
  local rooms = ranked(ARGV[10])
  if #rooms > position + limit then
    for first = 1, #rooms, 1000 do
      call('RPUSH', KEYS[5], unpack(rooms, first, math.min(first + 999, #rooms)))
    end
    call('PEXPIRE', KEYS[5], ARGV[11])
  end
  return rooms
end

local length, rooms = call('LLEN', KEYS[5]), nil
if length == 0 then
  if ARGV[9] ~= '1' then
    return {TOKEN, false, 0}
  end
  rooms = freeze()
  length = #rooms
end

-- Rooms that have gone since the ranking was made leave no gap in a page.
local parts, had = {}, 0
while position < length and had < limit do
  local last, some = math.min(position + limit - had, length), {}
  if rooms then
    for number = position + 1, last do
      some[#some + 1] = rooms[number]
    end
  else
    some = call('LRANGE', KEYS[5], position, last - 1)
  end
  local cards, count = cards_of(some)
  if count > 0 then
    parts[#parts + 1], had = cards, had + count
  end
  position = last
end
return {TOKEN, table.concat(parts, ','), position < length and position or 0}
