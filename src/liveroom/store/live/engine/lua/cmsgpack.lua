-- cmsgpack as Redis has it: the same bytes for the same values, strings of any bytes. Numbers with a fraction are written
-- and read by the caller's functions.
local pack_fraction, unpack_fraction = ...
local byte, char, concat, floor, next, sub, type =
  string.byte, string.char, table.concat, math.floor, next, string.sub, type
local MISSING, BAD, DEEPEST = 'Missing bytes in input.', 'Bad data format in input.', 16
local NUMBERS_KEPT, FLAT_KEPT = 4096, 4096
local NIL, FALSE, TRUE = '\192', '\194', '\195'

-- What small numbers, and the lengths of short strings, are written as.
local SMALL, SHORT = {}, {}
for number = 0, 127 do
  SMALL[number] = char(number)
end
for number = 1, 32 do
  SMALL[-number] = char(256 - number)
end
for length = 0, 31 do
  SHORT[length] = char(160 + length)
end

local function four(number)
  return char(floor(number / 16777216) % 256, floor(number / 65536) % 256, floor(number / 256) % 256, number % 256)
end

local function eight(number)
  return four(floor(number / 4294967296) % 4294967296) .. four(number % 4294967296)
end

local function written(number)
  if number ~= floor(number) or number >= 2 ^ 63 or number < -2 ^ 63 then
    return pack_fraction(number)
  elseif number >= 0 then
    return number < 256 and char(204, number)
      or number < 65536 and char(205, floor(number / 256), number % 256)
      or number < 4294967296 and '\206' .. four(number)
      or '\207' .. eight(number)
  end
  return number >= -128 and char(208, number + 256)
    or number >= -32768 and char(209, floor(number / 256) % 256, number % 256)
    or number >= -2147483648 and '\210' .. four(number)
    or '\211' .. eight(number)
end

-- Times are written again and again, in records and what is told of them.
local numbers, kept = {}, 0
local function number_bytes(number)
  local known = numbers[number]
  if not known then
    known = written(number)
    if number == number then
      if kept >= NUMBERS_KEPT then
        numbers, kept = {}, 0
      end
      numbers[number], kept = known, kept + 1
    end
  end
  return known
end

-- The beginning of a string, array or map of this length.
local function head(length, short, one, two, four_bytes)
  if short then
    return char(short + length)
  elseif one and length < 256 then
    return char(one, length)
  end
  return length < 65536 and char(two, floor(length / 256), length % 256) or char(four_bytes) .. four(length)
end

local out = {}
local write

local function write_map(map, count, at, level)
  out[at] = head(count, count < 16 and 128, nil, 222, 223)
  for key, value in next, map do
    at = write(value, write(key, at + 1, level + 1) + 1, level + 1)
  end
  return at
end

local function write_table(list, at, level)
  local length, count, first = #list, 0, at
  for _ in next, list do
    count = count + 1
  end
  if count ~= length then
    return write_map(list, count, at, level)
  end
  out[at] = head(length, length < 16 and 144, nil, 220, 221)
  for number = 1, length do
    local value = list[number]
    if value == nil then
      return write_map(list, count, first, level)
    end
    at = write(value, at + 1, level + 1)
  end
  return at
end

-- Write a value from a place of `out` on; return its last place.
write = function(value, at, level)
  local kind = type(value)
  if kind == 'string' then
    local length = #value
    out[at], out[at + 1] = SHORT[length] or head(length, nil, 217, 218, 219), value
    return at + 1
  elseif kind == 'number' then
    out[at] = SMALL[value] or number_bytes(value)
  elseif kind == 'table' and level < DEEPEST then
    return write_table(value, at, level)
  else
    out[at] = value == true and TRUE or value == false and FALSE or NIL
  end
  return at
end

local function pack(...)
  local count, at = select('#', ...), 0
  if count == 0 then
    error('MessagePack pack needs input.', 2)
  end
  for number = 1, count do
    at = write((select(number, ...)), at + 1, 0)
  end
  return concat(out, '', 1, at)
end

-- What is unpacked, and its length.
local input, size = '', 0
local read

local function missing()
  error(MISSING, 0)
end

local number_at
number_at = function(at, length)
  if at + length - 1 > size then
    missing()
  elseif length == 8 then
    return number_at(at, 4) * 4294967296 + number_at(at + 4, 4) -- rounded once
  end
  local number = 0
  for place = at, at + length - 1 do
    number = number * 256 + byte(input, place)
  end
  return number
end

local function signed_at(at, length)
  local number = number_at(at, length)
  -- A number of 64 bits loses its lowest ones before the sign is taken off.
  if length == 8 then
    local high, low = number_at(at, 4), number_at(at + 4, 4)
    return (high < 2147483648 and high or high - 4294967296) * 4294967296 + low
  end
  return number < 2 ^ (8 * length - 1) and number or number - 2 ^ (8 * length)
end

local function string_at(at, length)
  local last = at + length - 1
  if last > size then
    missing()
  end
  return sub(input, at, last), last + 1
end

-- Arrays are nearly all that is read: what they hold mostly is read here.
local function array_at(at, length)
  local list = {}
  for number = 1, length do
    local first = byte(input, at)
    if not first then
      missing()
    elseif first < 128 then
      list[number], at = first, at + 1
    elseif first >= 160 and first < 192 then
      local last = at + first - 160
      if last > size then
        missing()
      end
      list[number], at = sub(input, at + 1, last), last + 1
    elseif first == 207 and (byte(input, at + 1) or 0) < 128 then
      if at + 8 > size then
        missing()
      end
      local one, two, three, four_, five, six, seven, eight_ = byte(input, at + 1, at + 8)
      list[number] = ((one * 256 + two) * 65536 + three * 256 + four_) * 4294967296
        + (five * 16777216 + six * 65536 + seven * 256 + eight_)
      at = at + 9
    elseif first >= 144 and first < 160 then
      list[number], at = array_at(at + 1, first - 144)
    else
      list[number], at = read(at)
    end
  end
  return list, at
end

local function map_at(at, length)
  local map, key, value = {}, nil, nil
  for _ = 1, length do
    key, at = read(at)
    value, at = read(at)
    map[key] = value
  end
  return map, at
end

local function fraction_at(at, length)
  return unpack_fraction((string_at(at, length))), at + length
end

local LONG = {
  [192] = function(at) return nil, at end,
  [194] = function(at) return false, at end,
  [195] = function(at) return true, at end,
  [202] = function(at) return fraction_at(at, 4) end,
  [203] = function(at) return fraction_at(at, 8) end,
  [204] = function(at) return number_at(at, 1), at + 1 end,
  [205] = function(at) return number_at(at, 2), at + 2 end,
  [206] = function(at) return number_at(at, 4), at + 4 end,
  [207] = function(at) return signed_at(at, 8), at + 8 end,
  [208] = function(at) return signed_at(at, 1), at + 1 end,
  [209] = function(at) return signed_at(at, 2), at + 2 end,
  [210] = function(at) return signed_at(at, 4), at + 4 end,
  [211] = function(at) return signed_at(at, 8), at + 8 end,
  [217] = function(at) return string_at(at + 1, number_at(at, 1)) end,
  [218] = function(at) return string_at(at + 2, number_at(at, 2)) end,
  [219] = function(at) return string_at(at + 4, number_at(at, 4)) end,
  [220] = function(at) return array_at(at + 2, number_at(at, 2)) end,
  [221] = function(at) return array_at(at + 4, number_at(at, 4)) end,
  [222] = function(at) return map_at(at + 2, number_at(at, 2)) end,
  [223] = function(at) return map_at(at + 4, number_at(at, 4)) end,
}

-- Read a value at a place; return it and the place behind it.
read = function(at)
  local first = byte(input, at)
  if not first then
    missing()
  elseif first < 128 then
    return first, at + 1
  elseif first < 144 then
    return map_at(at + 1, first - 128)
  elseif first < 160 then
    return array_at(at + 1, first - 144)
  elseif first < 192 then
    return string_at(at + 1, first - 160)
  elseif first > 223 then
    return first - 256, at + 1
  end
  local long = LONG[first]
  if not long then
    error(BAD, 0)
  end
  return long(at + 1)
end

local function rest(at)
  if at <= size then
    local value, following = read(at)
    return value, rest(following)
  end
end

-- Arrays without arrays in them that were unpacked lately: the same ones of a room are, with every call. A copy is made
-- with less than is read again.
local flat, flat_kept = {}, 0

local function keep_flat(packed, list)
  for number = 1, #list do
    if type(list[number]) == 'table' then
      return
    end
  end
  if flat_kept >= FLAT_KEPT then
    flat, flat_kept = {}, 0
  end
  flat[packed], flat_kept = {unpack(list)}, flat_kept + 1
end

local function unpack_(packed)
  local known = flat[packed]
  if known then
    return {unpack(known)}
  end
  input, size = packed, #packed
  if size == 0 then
    return
  end
  local value, at = read(1)
  if at > size then
    if type(value) == 'table' and #value > 4 and byte(packed) == 144 + #value then
      keep_flat(packed, value)
    end
    return value
  end
  return value, rest(at)
end

return {pack = pack, unpack = unpack_}
