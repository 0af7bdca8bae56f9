-- The list of a tenant.
--
-- KEYS.facts: LIST. KEYS.rooms: room -> LISTED_ROOM, packed; entries of an older generation are what a lost list left
-- behind.
-- KEYS.cards: room -> ready bytes. KEYS.tombs: rooms that were taken off, by when.
-- KEYS.index: every order of every category in one sorted set, by name: `C opened room` and `J joined opened room` for
--   all rooms, c and j with the category before for one category; read backwards, newest or greatest first.
-- KEYS.places: the same of orders in which rooms are pinned and demoted: `N zone opened`, `P zone members`, `L zone
--   likes` and `H zone heat`, each with `opened room` behind it. A former release knows nothing of it: what it has
--   written has no zone, and then the list is built again (LIST.placed).
local function sized(category)
  return string.format('%03d', #category) .. category
end

function Lists.index_names(room, row)
  local opened = string.format('%013.0f', row[LISTED_ROOM.opened])
  local joined = string.format('%010.0f', row[LISTED_ROOM.joined]) .. opened
  if row[LISTED_ROOM.category] == '' then
    return {'C' .. opened .. room, 'J' .. joined .. room}
  end
  local category = sized(row[LISTED_ROOM.category])
  return {
    'C' .. opened .. room, 'J' .. joined .. room, 'c' .. category .. opened .. room, 'j' .. category .. joined .. room,
  }
end

function Lists.zone_of(row)
  return row[LISTED_ROOM.zone] or 100
end

function Lists.place_names(room, row)
  local zone, opened = string.format('%03d', Lists.zone_of(row)), string.format('%013.0f', row[LISTED_ROOM.opened])
  local names, category = {}, row[LISTED_ROOM.category]
  local counted = {
    'N', row[LISTED_ROOM.opened], 'P', row[LISTED_ROOM.members], 'L', row[LISTED_ROOM.likes], 'H', row[LISTED_ROOM.heat],
  }
  for at = 1, #counted, 2 do
    local rest = zone .. string.format('%013.0f', counted[at + 1]) .. opened .. room
    names[#names + 1] = counted[at] .. rest
    if category ~= '' then
      names[#names + 1] = string.lower(counted[at]) .. sized(category) .. rest
    end
  end
  return names
end

function Lists.take_off(room, row)
  if row[LISTED_ROOM.listed] == 1 then
    call('ZREM', KEYS.index, unpack(Lists.index_names(room, row)))
    if row[LISTED_ROOM.zone] then
      call('ZREM', KEYS.places, unpack(Lists.place_names(room, row)))
    end
    call('HDEL', KEYS.cards, room)
    row[LISTED_ROOM.listed] = 0
  end
end

function Lists.add_tomb(room)
  call('ZADD', KEYS.tombs, whole(NOW), room)
end
