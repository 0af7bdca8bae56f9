-- What a script finds around it: the libraries that Redis offers, and `redis`. A script makes no globals, and touches no
-- key that it was not given.
-- Arguments: the commands by name, how values of a hash are read, the keys, the channels, cmsgpack, sha1hex, and how Python makes a list.
local commands, hash_values, keys, channels, cmsgpack, sha1hex, new_list = ...
local ceil, error, floor, select, type, unpack = math.ceil, error, math.floor, select, type, unpack
local MOST = 4000 -- items that go from Lua to Python at once: the stack has room for 8,000
-- The kinds of answers: an array's items, an error, anything else, an array with arrays in it; with PUBLISHED, something
-- is to be delivered.
local ARRAY, ERROR, OTHER, NESTED, PUBLISHED = 1, 2, 3, 4, 10
local SHORT = 250 -- so many items does an array have at most that is handed over among those of another

-- The keys that the script which runs was given.
local declared = {}

local function refuse(key)
  error('ERR Script attempted to access a key that it does not declare: ' .. tostring(key), 0)
end

local function checked(command)
  return function(key, ...)
    if not declared[key] then
      refuse(key)
    end
    return command(key, ...)
  end
end

-- Those that are called most, without a variable number of words.
local function checked_short(command)
  return function(key, one, two)
    if not declared[key] then
      refuse(key)
    end
    return command(key, one, two)
  end
end

local function checked_all(command)
  return function(...)
    for number = 1, select('#', ...) do
      if not declared[select(number, ...)] then
        refuse((select(number, ...)))
      end
    end
    return command(...)
  end
end

local calls = {}
for name, command in pairs(commands) do
  calls[name] = checked(command)
end
for _, name in ipairs{'GET', 'HGET', 'HLEN', 'HEXISTS', 'SCARD', 'ZCARD', 'ZSCORE', 'XLEN', 'LLEN', 'LPOP', 'SPUBLISH'} do
  calls[name] = checked_short(commands[name])
end
calls.DEL, calls.EXISTS, calls.TIME = checked_all(commands.DEL), checked_all(commands.EXISTS), commands.TIME
calls.PUBSUB = function(what, ...)
  for number = 1, select('#', ...) do
    if not declared[select(number, ...)] then
      refuse((select(number, ...)))
    end
  end
  return commands.PUBSUB(what, ...)
end

-- What a script unpacks at once, without the table. TIME: as numbers.
local spread = {
  HMGET = function(key, ...)
    if not declared[key] then
      refuse(key)
    end
    return hash_values(key, ...)
  end,
  PUBSUB = function(_, channel)
    if not declared[channel] then
      refuse(channel)
    end
    return channel, channels.receivers(channel)
  end,
  TIME = function()
    local seconds = floor(keys.micros / 1000000)
    return seconds, keys.micros - seconds * 1000000
  end,
}

local function call(name, ...)
  local found = calls[name]
  if not found then
    error('ERR Unknown Redis command called from script: ' .. tostring(name), 0)
  end
  return found(...)
end

-- An error begins with a word that says its kind.
local function error_reply(text)
  text = string.match(text, '^%-?(.*)$')
  return {err = string.find(text, ' ', 1, true) and text or 'ERR ' .. text}
end

-- --- what a script returns, as Redis answers it --------------------------------------------------------------------

local item

-- Return how many items an array has before the first nil, having made them what is answered.
local function items(list)
  local count, answer = 0, {}
  local value = list[1]
  while value ~= nil do
    count = count + 1
    answer[count] = type(value) == 'string' and value or item(value)
    value = list[count + 1]
  end
  return count, answer
end

local function listed(list)
  local count, answer = items(list)
  if count <= MOST then
    return new_list(nil, unpack(answer, 1, count))
  end
  local found
  for first = 1, count, MOST do
    found = new_list(found, unpack(answer, first, math.min(first + MOST - 1, count)))
  end
  return found
end

item = function(value)
  local kind = type(value)
  if kind == 'string' then
    return value
  elseif kind == 'number' then
    local whole = value >= 0 and floor(value) or ceil(value)
    -- What 64 bits do not hold, Redis answers as the least that they do.
    return whole >= -2^63 and whole < 2^63 and whole or -2^63
  elseif kind == 'table' then
    return value.err or value.ok or listed(value)
  end
  return value == true and 1 or nil
end

local function is_short_array(value)
  if type(value) ~= 'table' or value.err or value.ok or #value > SHORT then
    return false
  end
  for number = 1, #value do
    if type(value[number]) == 'table' then
      return false
    end
  end
  return true
end

-- Return an array with arrays in it as Python takes it apart without being called for each: a byte for each item (0: it
-- stands by itself; else one more than the items of the array that it is), then all items.
local function nested(list, extra)
  local shape, flat, last, count = {}, {}, 0, 0
  while list[count + 1] ~= nil do
    count = count + 1
    local value = list[count]
    if is_short_array(value) then
      local length, inner = items(value)
      shape[count] = length + 1
      for number = 1, length do
        flat[last + number] = inner[number]
      end
      last = last + length
    else
      last = last + 1
      shape[count], flat[last] = 0, item(value)
    end
  end
  return NESTED + extra, string.char(unpack(shape)), unpack(flat, 1, last)
end

local function has_array(list)
  for number = 1, #list do
    if type(list[number]) == 'table' then
      return true
    end
  end
  return false
end

-- Return the kind of an answer, and what it is.
local function reply(value)
  local extra = channels.published[1] and PUBLISHED or 0
  if type(value) ~= 'table' then
    return OTHER + extra, item(value)
  elseif value.err then
    return ERROR + extra, value.err
  elseif value.ok then
    return OTHER + extra, value.ok
  end
  if #value < 16 and has_array(value) then
    return nested(value, extra)
  end
  local count, answer = items(value)
  if count == 0 or count > MOST then
    return OTHER + extra, listed(value)
  end
  return ARRAY + extra, unpack(answer, 1, count)
end

-- --- scripts -------------------------------------------------------------------------------------------------------

local environment = {
  KEYS = {}, ARGV = {}, cmsgpack = cmsgpack, math = math, string = string, table = table,
  assert = assert, error = error, ipairs = ipairs, next = next, pairs = pairs, rawequal = rawequal,
  rawget = rawget, rawset = rawset, select = select, setmetatable = setmetatable, tonumber = tonumber,
  tostring = tostring, type = type, unpack = unpack,
  redis = {
    call = call, sha1hex = sha1hex, error_reply = error_reply, status_reply = function(text) return {ok = text} end,
  },
}
setmetatable(environment, {
  __index = function(_, name)
    error('Script attempted to access nonexistent global variable ' .. "'" .. tostring(name) .. "'", 2)
  end,
  __newindex = function(_, name)
    error('Attempt to modify a readonly table: ' .. tostring(name), 2)
  end,
})

local function compile(text, name)
  local script, problem = loadstring(text, '@' .. name)
  return script and setfenv(script, environment), problem
end

-- Run a script that returns a function, once: it is given the commands by name, and those that are unpacked at once.
local function begin(script)
  return script(calls, spread)
end

-- The keys of a call, which calls with the same keys share.
local function declare(...)
  local names, known = {...}, {}
  for number = 1, #names do
    known[names[number]] = true
  end
  return {names, known}
end

-- Run a script on keys that were declared, at a time in microseconds; then its arguments.
local function run(script, given, micros, ...)
  keys.begin(micros)
  environment.KEYS, declared, environment.ARGV = given[1], given[2], {...}
  return reply(script())
end

-- Run a command at a time in microseconds.
local function command(name, micros, ...)
  keys.begin(micros)
  return reply(commands[name](...))
end

return compile, begin, declare, run, command
