-- Commands on streams. A trimming that may be inexact is exact.
--
-- A stream has its entries in order between `first` and `last`, some of them gone until these are too many, and by id.
-- `size`: how many are there. `at`, `number`: the id of the newest that ever was. An entry is {milliseconds, number
-- within them, id, fields and values by turns, whether it is gone}.
local Words, Keys, Channels = ...
local error, floor, format, huge, match, select, sub, tonumber, unpack =
  error, math.floor, string.format, math.huge, string.match, select, string.sub, tonumber, unpack
local text, integer, streams = Words.text, Words.integer, Keys.streams
local FEW = 64
local HANDED_OVER = '0-1' -- the id of every entry of a stream that is followed: it is not kept
local NOT_AN_ID = 'ERR Invalid stream ID specified as stream command argument'
local followed = {} -- streams whose entries go to whoever follows them, and how many of those count as waiting
local commands = {}

local function read(key)
  local stream = streams[key]
  if not stream then
    Keys.check_free(key)
  end
  return stream
end

local function made(key)
  return read(key) or Keys.put('streams', key, {first = 1, last = 0, size = 0, at = 0, number = 0, by_id = {}})
end

-- Read an id; `rest` stands for the second part where only the first is given.
local function read_id(written, rest)
  local at, dash, number = match(written, '^(%d+)(%-?)(%d*)$')
  if not at or (dash == '' and number ~= '') or (dash == '-' and number == '') or #at > 20 or #number > 20 then
    error(NOT_AN_ID, 0)
  end
  return tonumber(at), dash == '-' and tonumber(number) or rest
end

local function id_of(at, number)
  return format('%.0f-%.0f', at, number)
end

local function take_out(stream, entry)
  entry[5], stream.by_id[entry[3]], stream.size = true, nil, stream.size - 1
  while stream.first <= stream.last and stream[stream.first][5] do
    stream[stream.first], stream.first = nil, stream.first + 1
  end
  if stream.last - stream.first + 1 > 2 * stream.size + FEW then
    local kept = stream.first - 1
    for place = stream.first, stream.last do
      local other = stream[place]
      stream[place] = nil
      if not other[5] then
        kept = kept + 1
        stream[kept] = other
      end
    end
    stream.last = kept
  end
end

local function append(stream, at, number, fields)
  local id = id_of(at, number)
  local entry = {at, number, id, fields, false}
  stream.last, stream.size, stream.at, stream.number = stream.last + 1, stream.size + 1, at, number
  stream[stream.last], stream.by_id[id] = entry, entry
  return id
end

local function next_id(stream)
  local now = floor(Keys.micros / 1000)
  if now > stream.at then
    return now, 0
  end
  return stream.at, stream.number + 1
end

-- Take out the first entries: until so many are left, or those before an id.
local function trim(stream, how, threshold)
  if how == 'MAXLEN' then
    local most = integer(threshold)
    while stream.size > most do
      take_out(stream, stream[stream.first])
    end
    return
  end
  local at, number = read_id(threshold, 0)
  local entry = stream[stream.first]
  while entry and (entry[1] < at or (entry[1] == at and entry[2] < number)) do
    take_out(stream, entry)
    entry = stream[stream.first]
  end
end

local function add_with_options(key, words)
  local first, how, threshold = 1, nil, nil
  local option = string.upper(words[1] or '')
  if option == 'MAXLEN' or option == 'MINID' then
    how, first = option, (words[2] == '~' or words[2] == '=') and 4 or 3
    threshold = words[first - 1]
  end
  local count = #words - first + 1
  if count < 3 or count % 2 == 0 then
    error("ERR wrong number of arguments for 'xadd' command", 0)
  end
  local at, number
  if words[first] ~= '*' then
    at, number = read_id(words[first], 0)
    if at == 0 and number == 0 then
      error('ERR The ID specified in XADD must be greater than 0-0', 0)
    end
  end
  local stream = made(key)
  if not at then
    at, number = next_id(stream)
  elseif at < stream.at or (at == stream.at and number <= stream.number) then
    error('ERR The ID specified in XADD is equal or smaller than the target stream top item', 0)
  end
  local id = append(stream, at, number, {unpack(words, first + 1)})
  if how then
    trim(stream, how, threshold)
  end
  return id
end

-- --- streams that are followed -------------------------------------------------------------------------------------

-- Let entries of a stream be delivered as messages are, their first value only; none is kept.
local function follow(key)
  followed[key] = 0
end

-- Let so many entries of a followed stream wait no more.
local function strike(key, count)
  followed[key] = followed[key] - count
end

local function hand_over(key, value)
  followed[key] = followed[key] + 1
  Channels.publish(key, text(value))
  return HANDED_OVER
end

-- XADD, with MAXLEN or MINID: return the entry's id.
function commands.XADD(key, ...)
  if followed[key] then
    return hand_over(key, (select(3, ...)))
  end
  local words = {...}
  for number = 1, select('#', ...) do
    words[number] = text(words[number])
  end
  if words[1] == '*' and #words == 3 then
    local stream = made(key)
    local at, number = next_id(stream)
    return append(stream, at, number, {words[2], words[3]})
  end
  return add_with_options(key, words)
end

function commands.XDEL(key, ...)
  local ids, gone = {...}, 0
  for number = 1, #ids do
    ids[number] = id_of(read_id(text(ids[number]), 0))
  end
  local stream = read(key)
  for number = 1, stream and #ids or 0 do
    local entry = stream.by_id[ids[number]]
    if entry then
      take_out(stream, entry)
      gone = gone + 1
    end
  end
  return gone
end

function commands.XLEN(key)
  local stream = read(key)
  return stream and stream.size or followed[key] or 0
end

-- --- ranges --------------------------------------------------------------------------------------------------------

-- Read the first (`inwards` 1) or last (-1) id of a range.
local function read_bound(value, inwards)
  local written = text(value)
  if written == '-' then
    return 0, 0
  elseif written == '+' then
    return huge, huge
  end
  local is_open = sub(written, 1, 1) == '('
  local at, number = read_id(is_open and sub(written, 2) or written, inwards > 0 and 0 or huge)
  if is_open then
    number = number + inwards
    if number < 0 then
      at, number = at - 1, huge
    end
    if at < 0 then
      error('ERR invalid end ID for the interval', 0)
    end
  end
  return at, number
end

local function read_count(option, count, ...)
  if option == nil then
    return huge
  elseif count == nil or select('#', ...) > 0 or Words.option(option) ~= 'COUNT' then
    error(Words.SYNTAX, 0)
  end
  return math.max(integer(count), 0)
end

-- The first place whose entry does not lie before an id.
local function place_of(stream, at, number)
  local low, high = stream.first, stream.last + 1
  while low < high do
    local middle = floor((low + high) / 2)
    local entry = stream[middle]
    if entry[1] < at or (entry[1] == at and entry[2] < number) then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

local function between(key, at, number, last_at, last_number, most, backwards)
  local stream, found = read(key), {}
  if not stream or at > last_at or (at == last_at and number > last_number) then
    return found
  end
  local begin, final = place_of(stream, at, number), place_of(stream, last_at, last_number)
  local last = stream[final]
  if not last or last[1] ~= last_at or last[2] ~= last_number then
    final = final - 1
  end
  local step = backwards and -1 or 1
  for place = backwards and final or begin, backwards and begin or final, step do
    if #found >= most then
      break
    end
    local entry = stream[place]
    if not entry[5] then
      found[#found + 1] = {entry[3], entry[4]}
    end
  end
  return found
end

-- XRANGE, with COUNT.
function commands.XRANGE(key, first, last, ...)
  local at, number = read_bound(first, 1)
  local last_at, last_number = read_bound(last, -1)
  return between(key, at, number, last_at, last_number, read_count(...), false)
end

-- XREVRANGE, with COUNT.
function commands.XREVRANGE(key, last, first, ...)
  local at, number = read_bound(first, 1)
  local last_at, last_number = read_bound(last, -1)
  return between(key, at, number, last_at, last_number, read_count(...), true)
end

return commands, follow, strike
