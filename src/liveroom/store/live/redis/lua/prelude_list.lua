-- KEYS: 1 facts (e, r, v: rev, g: generation), 2 rooms, 3 cards, 4 index, 5 tombs, 6 claim.
--
-- rooms: room -> {version, generation, category, opened, joined, 1 if listed}, packed. Entries of an older generation
--   are what a lost list left behind. cards: room -> ready bytes. tombs: rooms taken off, by when.
-- index: every order of every category in one sorted set, by name: C opened room and J joined opened room for all, c and
--   j with the category before for one; read backwards, newest or greatest first.
local function sized(category)
  return string.format('%03d', #category) .. category
end

local function names(room, row)
  local opened = string.format('%013.0f', row[4])
  local joined = string.format('%010.0f', row[5]) .. opened
  local all = {'C' .. opened .. room, 'J' .. joined .. room}
  if row[3] ~= '' then
    all[3], all[4] = 'c' .. sized(row[3]) .. opened .. room, 'j' .. sized(row[3]) .. joined .. room
  end
  return all
end

local function take_off(room, row)
  if row[6] == 1 then
    call('ZREM', KEYS[4], unpack(names(room, row)))
    call('HDEL', KEYS[3], room)
    row[6] = 0
  end
end

local function bury(room)
  call('ZADD', KEYS[5], whole(NOW), room)
end
