-- The keys of the engine by what they hold, when they expire, and the time of the command or script that runs. A value
-- that becomes empty goes, except for a stream.
local Words = ...
local error, floor, format, pairs, select = error, math.floor, string.format, pairs, select
local FEW = 64

-- `kinds`: key -> the name of its type. `micros`: the time, in microseconds since 1970: it stands still while something
-- runs.
local Keys = {kinds = {}, strings = {}, hashes = {}, sets = {}, lists = {}, sorted_sets = {}, streams = {}, micros = 0}
local kinds = Keys.kinds
local expiry, has_expiry = {}, 0 -- key -> millisecond, and of how many keys
local due, last = {}, 0 -- every expiry that was set and may be ahead: a heap of {millisecond, key}, the nearest first

-- --- expiry --------------------------------------------------------------------------------------------------------

local function push(at, key)
  last = last + 1
  local place = last
  while place > 1 and due[floor(place / 2)][1] > at do
    due[place], place = due[floor(place / 2)], floor(place / 2)
  end
  due[place] = {at, key}
end

local function pop()
  local first, moved = due[1], due[last]
  due[last], last = nil, last - 1
  local place = 1
  while last > 0 do
    local child = 2 * place
    if child < last and due[child + 1][1] < due[child][1] then
      child = child + 1
    end
    if child > last or due[child][1] >= moved[1] then
      due[place] = moved
      break
    end
    due[place], place = due[child], child
  end
  return first
end

local function forget_expiry(key)
  if expiry[key] then
    expiry[key], has_expiry = nil, has_expiry - 1
  end
end

-- Let a key last, whenever it was to expire.
Keys.lasts = forget_expiry

-- Let go of a key that is there.
function Keys.remove(key)
  Keys[kinds[key]][key], kinds[key] = nil, nil
  if has_expiry > 0 then
    forget_expiry(key)
  end
end
local remove = Keys.remove

-- Let a key that is there expire in so many milliseconds.
function Keys.expires(key, milliseconds)
  forget_expiry(key)
  expiry[key], has_expiry = floor(Keys.micros / 1000) + milliseconds, has_expiry + 1
  push(expiry[key], key)
  if last > 2 * has_expiry + FEW then
    due, last = {}, 0
    for other, at in pairs(expiry) do
      push(at, other)
    end
  end
end

-- Take the time for what runs next, and let go what has expired by then.
function Keys.begin(micros)
  Keys.micros = micros
  while last > 0 and due[1][1] < floor(micros / 1000) do
    local at, key = unpack(pop())
    if expiry[key] == at then
      remove(key)
    end
  end
end

-- Note that a key holds something of this kind now.
function Keys.put(kind, key, value)
  if kinds[key] and kinds[key] ~= kind then
    Keys[kinds[key]][key] = nil
  end
  kinds[key], Keys[kind][key] = kind, value
  return value
end

-- Raise an error if a key that does not hold what is asked for holds something else.
function Keys.check_free(key)
  if kinds[key] then
    error(Words.WRONG_TYPE, 0)
  end
end

-- --- commands on keys of any type ----------------------------------------------------------------------------------

local commands = {}

function commands.DEL(...)
  local there = 0
  for number = 1, select('#', ...) do
    local key = select(number, ...)
    if kinds[key] then
      remove(key)
      there = there + 1
    end
  end
  return there
end

function commands.EXISTS(...)
  local there = 0
  for number = 1, select('#', ...) do
    there = there + (kinds[select(number, ...)] and 1 or 0)
  end
  return there
end

local function expire(key, milliseconds)
  if not kinds[key] then
    return 0
  elseif milliseconds <= 0 then
    remove(key)
  else
    Keys.expires(key, milliseconds)
  end
  return 1
end

function commands.EXPIRE(key, seconds)
  return expire(key, 1000 * Words.integer(seconds))
end

function commands.PEXPIRE(key, milliseconds)
  return expire(key, Words.integer(milliseconds))
end

function commands.TIME()
  local seconds = floor(Keys.micros / 1000000)
  return {format('%.0f', seconds), format('%.0f', Keys.micros - seconds * 1000000)}
end

return Keys, commands
