-- uses: time lists
-- Brings entries of a list up to date.
-- ARGV: builder: who builds the list (or ''). rooms: LISTED, packed. remembered: for how long rooms that were taken off
-- are. cards: of the rooms.
if ARGV.builder ~= '' and string.match(call('GET', KEYS.claim) or '', '^%d+ (%w+)$') == ARGV.builder then
  call('SET', KEYS.claim, whole(NOW + 5000) .. ' ' .. ARGV.builder, 'PX', 5000)
end
local generation = tonumber(call('HGET', KEYS.facts, LIST.generation) or 0)

-- Give a room its new names in the index in place of its old ones: of four, those by the number of users change,
-- mostly.
local function rename(room, old, new)
  local before = old[LISTED_ROOM.listed] == 1 and Lists.index_names(room, old) or {}
  local after = Lists.index_names(room, new)
  for number = 1, math.max(#before, #after) do
    if before[number] ~= after[number] then
      if before[number] then
        call('ZREM', KEYS.index, before[number])
      end
      if after[number] then
        call('ZADD', KEYS.index, 0, after[number])
      end
    end
  end
end

local function differs(old, new)
  return old[LISTED_ROOM.category] ~= new[LISTED_ROOM.category] or old[LISTED_ROOM.opened] ~= new[LISTED_ROOM.opened]
    or old[LISTED_ROOM.joined] ~= new[LISTED_ROOM.joined] or old[LISTED_ROOM.listed] ~= new[LISTED_ROOM.listed]
end

local function read(room)
  local raw = call('HGET', KEYS.rooms, room)
  return raw and unpack_(raw) or LISTED_ROOM{
    version = -1, generation = generation, category = '', opened = 0, joined = 0, listed = 0,
  }
end

-- Bring one entry up to date. Returns whether anybody can see that.
local function put(entry, card)
  local room = entry[LISTED.room]
  local old = read(room)
  if entry[LISTED.version] <= old[LISTED_ROOM.version] then
    if old[LISTED_ROOM.generation] ~= generation then
      old[LISTED_ROOM.generation] = generation
      call('HSET', KEYS.rooms, room, pack(old))
    end
    return false
  end
  local new = LISTED_ROOM{
    version = entry[LISTED.version], generation = generation, category = entry[LISTED.category],
    opened = entry[LISTED.opened], joined = entry[LISTED.joined], listed = card and 1 or 0,
  }
  local moved = differs(old, new)
  local seen = moved or (card and call('HGET', KEYS.cards, room) ~= card)
  if not card then
    Lists.take_off(room, old)
    call('HSET', KEYS.rooms, room, pack(new))
    Lists.add_tomb(room)
    return seen
  end
  call('HSET', KEYS.rooms, room, pack(new))
  if seen then
    call('HSET', KEYS.cards, room, card)
  end
  if moved then
    rename(room, old, new)
  end
  if old[LISTED_ROOM.listed] == 0 then
    call('ZREM', KEYS.tombs, room)
  end
  return seen
end

local seen = false
for number, entry in ipairs(unpack_(ARGV.rooms)) do
  local card = ARGV[ARG.cards + number - 1]
  seen = put(entry, entry[LISTED.listed] == 1 and card) or seen
end
for _, old in ipairs(call('ZRANGEBYSCORE', KEYS.tombs, '-inf', whole(NOW - ARGV.remembered), 'LIMIT', 0, 50)) do
  call('HDEL', KEYS.rooms, old)
  call('ZREM', KEYS.tombs, old)
end
if seen then
  call('HINCRBY', KEYS.facts, LIST.rev, 1)
end
return 1
