-- uses: bucket verify pages
-- Reads a page of a list, ranked by what is counted. Returns the token, and, unless the caller has that, the cards and
-- where the next page begins (0: at the end); no cards when the ranking is gone.
-- KEYS.index: the list's index, or its places. ARGV: token, first, last_name: as of list_created. skip: how much of a
-- name stands before when the room was opened. placed (1): the index is its places. since, till: when rooms were opened
-- ('': whenever). is_first (1): a first page. most: how long a ranking is. lives: for how long it is kept.
local token = Pages.TOKEN
if ARGV.placed == '1' then
  local placed, moves = unpack(call('HMGET', KEYS.facts, LIST.placed, LIST.moves))
  if not placed then
    return redis.error_reply('LOST places')
  end
  token = token .. ':' .. (moves or '0')
end
if token == ARGV.token then
  return {token}
end
local position, limit = tonumber(ARGV.position), tonumber(ARGV.limit)
local before = tonumber(ARGV.skip)
local since, till = tonumber(ARGV.since), tonumber(ARGV.till)

local function ranked(most)
  local rooms = {}
  for _, name in ipairs(call('ZREVRANGEBYLEX', KEYS.index, ARGV.last_name, ARGV.first, 'LIMIT', 0, most)) do
    local opened = tonumber(string.sub(name, before + 1, before + 13))
    if (not since or opened >= since) and (not till or opened < till) then
      rooms[#rooms + 1] = string.sub(name, before + 14)
    end
  end
  return rooms
end

-- Rank the rooms; keep the ranking when it has more than this page.
local function freeze()
  local rooms = ranked(ARGV.most)
  if #rooms > position + limit then
    for first = 1, #rooms, 1000 do
      call('RPUSH', KEYS.ranking, unpack(rooms, first, math.min(first + 999, #rooms)))
    end
    call('PEXPIRE', KEYS.ranking, ARGV.lives)
  end
  return rooms
end

local length, rooms = call('LLEN', KEYS.ranking), nil
if length == 0 then
  if ARGV.is_first ~= '1' then
    return {token, false, 0}
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
    some = call('LRANGE', KEYS.ranking, position, last - 1)
  end
  local cards, count = Pages.cards_of(some)
  if count > 0 then
    parts[#parts + 1], had = cards, had + count
  end
  position = last
end
return {token, table.concat(parts, ','), position < length and position or 0}
