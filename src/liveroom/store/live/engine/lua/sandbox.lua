-- What a script finds around it: the libraries that Redis offers, and `redis`. A script makes no globals, and touches no
-- key that it was not given.
-- Arguments: the commands by name, cmsgpack, cjson, sha1hex, and how a list is made and extended in Python.
local commands, cmsgpack, cjson, sha1hex, new_list, extend = ...
local ceil, error, floor, select, type, unpack = math.ceil, error, math.floor, select, type, unpack
local MOST = 4000 -- items that go from Lua to Python at once

-- Lua's heap has scripts and keys of calls, a few MB: looking through it half as often is worth that it doubles.
collectgarbage('setpause', 400)

-- The keys that the script which runs was given.
local declared = {}

local function refuse(key)
  error('ERR Script attempted to access a key that it does not declare: ' .. tostring(key), 0)
end

local function check(...)
  for number = 1, select('#', ...) do
    local key = select(number, ...)
    if not declared[key] then
      refuse(key)
    end
  end
end

-- Many items come as a table that is filled already.
local function array(first, ...)
  return type(first) == 'table' and first or {first, ...}
end

-- Entries of a stream come flat: id, number of words, and the words.
local function entries(...)
  local words, found, at = array(...), {}, 1
  while words[at] do
    local last = at + 1 + words[at + 1]
    found[#found + 1], at = {words[at], {unpack(words, at + 2, last)}}, last + 1
  end
  return found
end

-- Commands that answer a string, a number or nothing stand by themselves; the others by what their answer becomes.
local scalars, others = {}, {}
local SHAPES = {
  [array] = {
    'HMGET', 'HGETALL', 'SMEMBERS', 'LRANGE', 'ZMSCORE', 'ZRANGE', 'ZRANGEBYSCORE', 'ZREVRANGEBYSCORE', 'ZREVRANGEBYLEX',
  },
  [entries] = {'XRANGE', 'XREVRANGE'},
  [function(cursor, ...) return {cursor, array(...)} end] = {'HSCAN', 'SSCAN'},
  [function(done) return done and {ok = 'OK'} end] = {'SET'},
}
for shape, names in pairs(SHAPES) do
  for _, name in ipairs(names) do
    local command = commands[name]
    others[name] = function(key, ...)
      check(key)
      return shape(command(key, ...))
    end
  end
end
others.DEL = function(...) check(...) return commands.DEL(...) end
others.EXISTS = function(...) check(...) return commands.EXISTS(...) end
others.PUBSUB = function(what, ...) check(...) return {commands.PUBSUB(what, ...)} end
others.TIME = function() return {commands.TIME()} end
for name, command in pairs(commands) do
  scalars[name] = not others[name] and command or nil
end

local function call(name, key, ...)
  local scalar = scalars[name]
  if scalar then
    if not declared[key] then
      refuse(key)
    end
    return scalar(key, ...)
  end
  local other = others[name]
  if not other then
    error('ERR Unknown Redis command called from script: ' .. tostring(name), 0)
  end
  return other(key, ...)
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
  local count = 0
  while list[count + 1] ~= nil do
    count = count + 1
  end
  local answer = {}
  for number = 1, count do
    answer[number] = item(list[number])
  end
  return count, answer
end

local function listed(list)
  local count, answer = items(list)
  local found = new_list()
  for first = 1, count, MOST do
    extend(found, unpack(answer, first, first + MOST - 1 < count and first + MOST - 1 or count))
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

-- Return a number for what it is (1 an array's items, 2 an error, 3 anything else), and that.
local function reply(value)
  if type(value) ~= 'table' then
    return 3, item(value)
  elseif value.err then
    return 2, value.err
  elseif value.ok then
    return 3, value.ok
  end
  local count, answer = items(value)
  if count == 0 or count > MOST then
    return 3, listed(value)
  end
  return 1, unpack(answer, 1, count)
end

-- --- scripts -------------------------------------------------------------------------------------------------------

local environment = {
  KEYS = {}, ARGV = {}, cjson = cjson, cmsgpack = cmsgpack, math = math, string = string, table = table,
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

local function compile(text)
  local script, problem = loadstring(text, '@user_script')
  return script and setfenv(script, environment), problem
end

-- The keys of a call, which calls with the same keys share.
local function declare(...)
  local keys, known = {...}, {}
  for number = 1, #keys do
    known[keys[number]] = true
  end
  return {keys, known}
end

local function run(script, keys, ...)
  environment.KEYS, declared, environment.ARGV = keys[1], keys[2], {...}
  return reply(script())
end

return compile, declare, run
