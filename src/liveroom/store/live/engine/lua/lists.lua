-- Commands on lists: short ones, which are appended to at their end and lose their first. A list has its items between
-- `first` and `last`.
local Words, Keys = ...
local max, min, select = math.max, math.min, select
local text, integer, lists = Words.text, Words.integer, Keys.lists
local NOTHING = {first = 1, last = 0}
local commands = {}

local function read(key)
  local list = lists[key]
  if not list then
    Keys.check_free(key)
    return NOTHING
  end
  return list
end

-- Return where a range of Redis begins and ends, counted from 0; numbers below 0 count from the end.
local function ranks(first, last, length)
  return max(first < 0 and first + length or first, 0), min(last < 0 and last + length or last, length - 1)
end

function commands.RPUSH(key, ...)
  local list, items = read(key), {}
  for number = 1, select('#', ...) do
    items[number] = text((select(number, ...)))
  end
  if list == NOTHING then
    list = Keys.put('lists', key, {first = 1, last = 0})
  end
  for number = 1, #items do
    list[list.last + number] = items[number]
  end
  list.last = list.last + #items
  return list.last - list.first + 1
end

function commands.LPOP(key)
  local list = read(key)
  local first = list.first
  local item = list[first]
  if not item then
    return false
  end
  list[first], list.first = nil, first + 1
  if list.first > list.last then
    Keys.remove(key)
  end
  return item
end

function commands.LLEN(key)
  local list = read(key)
  return list.last - list.first + 1
end

function commands.LRANGE(key, first, last)
  first, last = integer(first), integer(last)
  local list = read(key)
  local begin, final = ranks(first, last, list.last - list.first + 1)
  local found = {}
  for rank = begin, final do
    found[#found + 1] = list[list.first + rank]
  end
  return found
end

return commands, ranks
