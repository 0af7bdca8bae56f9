-- The list of a tenant.
--
-- KEYS.facts: LIST. KEYS.rooms: room -> LISTED_ROOM, packed; entries of an older generation are what a lost list left
-- behind.
-- KEYS.cards: room -> ready bytes. KEYS.tombs: rooms that were taken off, by when.
-- KEYS.index: every order of every category in one sorted set, by name: `C opened room` and `J joined opened room` for
--   all rooms, c and j with the category before for one category; read backwards, newest or greatest first.
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

function Lists.take_off(room, row)
  if row[LISTED_ROOM.listed] == 1 then
    call('ZREM', KEYS.index, unpack(Lists.index_names(room, row)))
    call('HDEL', KEYS.cards, room)
    row[LISTED_ROOM.listed] = 0
  end
end

function Lists.add_tomb(room)
  call('ZADD', KEYS.tombs, whole(NOW), room)
end
