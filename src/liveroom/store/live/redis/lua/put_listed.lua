-- uses: time lists
-- Brings entries of a list up to date.
-- ARGV: builder: who builds the list (or ''). rooms: LISTED, packed. remembered: for how long rooms that were taken off
-- are. cards: of the rooms.
if ARGV.builder ~= '' and string.match(call('GET', KEYS.claim) or '', '^%d+ (%w+)$') == ARGV.builder then
  call('SET', KEYS.claim, whole(NOW + 5000) .. ' ' .. ARGV.builder, 'PX', 5000)
end
local generation = tonumber(call('HGET', KEYS.facts, LIST.generation) or 0)
local seen, stirred = false, false

-- Which names a room loses, and which it gets, with their score: of all, those by what is counted change, mostly.
local function changes(before, after)
  local gone, added = {}, {}
  for number = 1, math.max(#before, #after) do
    if before[number] ~= after[number] then
      gone[#gone + 1] = before[number]
      if after[number] then
        added[#added + 1], added[#added + 2] = 0, after[number]
      end
    end
  end
  return gone, added
end

local function rename(before, after)
  local gone, added = changes(before, after)
  if #gone > 0 then
    call('ZREM', KEYS.index, unpack(gone))
  end
  if #added > 0 then
    call('ZADD', KEYS.index, unpack(added))
  end
end

local function move(before, after)
  local gone, added = changes(before, after)
  if #gone > 0 then
    call('ZREM', KEYS.places, unpack(gone))
  end
  if #added > 0 then
    call('ZADD', KEYS.places, unpack(added))
  end
end

local function differs(old, new)
  return old[LISTED_ROOM.category] ~= new[LISTED_ROOM.category] or old[LISTED_ROOM.opened] ~= new[LISTED_ROOM.opened]
    or old[LISTED_ROOM.joined] ~= new[LISTED_ROOM.joined] or old[LISTED_ROOM.listed] ~= new[LISTED_ROOM.listed]
end

-- Whether a room stands elsewhere in its places, if it is where it was in the index.
local function is_elsewhere(old, new)
  return old[LISTED_ROOM.members] ~= new[LISTED_ROOM.members] or old[LISTED_ROOM.likes] ~= new[LISTED_ROOM.likes]
    or old[LISTED_ROOM.heat] ~= new[LISTED_ROOM.heat] or old[LISTED_ROOM.zone] ~= new[LISTED_ROOM.zone]
end

-- Let a room stand where it is hotter by now: messages warm it without changing its version.
local function warm(room, old, heat)
  local before = Lists.place_names(room, old)
  old[LISTED_ROOM.heat] = heat
  call('HSET', KEYS.rooms, room, pack(old))
  move(before, Lists.place_names(room, old))
  stirred = true
end

-- Note what the list as it was before it was lost says of a room that has not changed since.
local function keep(room, row)
  row[LISTED_ROOM.generation] = generation
  call('HSET', KEYS.rooms, room, pack(row))
  if row[LISTED_ROOM.listed] == 1 and row[LISTED_ROOM.zone] then
    move({}, Lists.place_names(room, row))
  end
end

local function read(room)
  local raw = call('HGET', KEYS.rooms, room)
  return raw and unpack_(raw) or LISTED_ROOM{
    version = -1, generation = generation, category = '', opened = 0, joined = 0, listed = 0, members = 0, likes = 0,
    heat = 0, zone = 0,
  }
end

-- Bring one entry up to date. Returns whether anybody can see that.
local function put(entry, card)
  local room = entry[LISTED.room]
  local old = read(room)
  local has_names = old[LISTED_ROOM.listed] == 1
  local has_places = has_names and old[LISTED_ROOM.zone] and old[LISTED_ROOM.generation] == generation
  if has_names and not old[LISTED_ROOM.zone] then
    call('HDEL', KEYS.facts, LIST.placed)
  elseif entry[LISTED.version] <= old[LISTED_ROOM.version] then
    if old[LISTED_ROOM.generation] ~= generation then
      keep(room, old)
    end
    if has_places and entry[LISTED.version] == old[LISTED_ROOM.version]
      and entry[LISTED.heat] > old[LISTED_ROOM.heat] then
      warm(room, old, entry[LISTED.heat])
    end
    return false
  end
  if entry[LISTED.version] < old[LISTED_ROOM.version] then
    return false
  end
  local new = LISTED_ROOM{
    version = entry[LISTED.version], generation = generation, category = entry[LISTED.category],
    opened = entry[LISTED.opened], joined = entry[LISTED.joined], listed = card and 1 or 0,
    members = entry[LISTED.members], likes = entry[LISTED.likes], heat = entry[LISTED.heat], zone = entry[LISTED.zone],
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
    rename(has_names and Lists.index_names(room, old) or {}, Lists.index_names(room, new))
  end
  if moved or not has_places or is_elsewhere(old, new) then
    move(has_places and Lists.place_names(room, old) or {}, Lists.place_names(room, new))
    stirred = true
  end
  if old[LISTED_ROOM.listed] == 0 then
    call('ZREM', KEYS.tombs, room)
  end
  return seen
end

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
elseif stirred then
  call('HINCRBY', KEYS.facts, LIST.moves, 1)
end
return 1
