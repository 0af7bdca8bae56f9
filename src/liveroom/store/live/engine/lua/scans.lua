-- Scans of hashes and sets: what is there throughout one is named at least once.
local Words = ...
local integer, max, next = Words.integer, math.max, next
-- AT_ONCE: so many are named in one answer whatever was asked for, as Redis does. MOST: scans that go on; of more, the
-- oldest begin anew when they are asked for again.
local AT_ONCE, MOST, USUAL = 128, 64, 10
local open, oldest, newest = {}, 1, 0 -- number -> {key, names, how many of them were given}

local function read_count(option, count)
  if option == nil then
    return USUAL
  end
  local number = Words.option(option) == 'COUNT' and count and integer(count)
  if not number or number < 1 then
    error(Words.SYNTAX, 0)
  end
  return number
end

local function keep(scan)
  newest = newest + 1
  open[newest] = scan
  if newest - oldest >= MOST then
    open[oldest], oldest = nil, oldest + 1
  end
  return string.format('%.0f', newest)
end

-- Return the next cursor (0: that was all) and names that are there.
return function(key, there, cursor, option, count)
  local number, size = integer(cursor, 'ERR invalid cursor'), read_count(option, count)
  local scan = open[number]
  open[number] = nil
  if not scan or scan[1] ~= key then
    local names = {}
    for name in next, there do
      names[#names + 1] = name
    end
    scan = {key, names, 0}
    size = #names <= AT_ONCE and max(size, AT_ONCE) or size
  end
  local names, found, given = scan[2], {}, scan[3]
  while given < #names and given < scan[3] + size do
    given = given + 1
    if there[names[given]] then
      found[#found + 1] = names[given]
    end
  end
  scan[3] = given
  return given < #names and keep(scan) or '0', found
end
