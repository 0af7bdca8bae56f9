-- Commands on hashes: most of what scripts do, so that these are short and call little. A hash is {fields, how many}.
local Words, Keys, scan, add = ...
local error, next, select, type = error, next, select, type
local text, hashes = Words.text, Keys.hashes
local check_free, put, remove = Keys.check_free, Keys.put, Keys.remove
local NOTHING = {{}, 0}
local commands = {}

local function read(key)
  local hash = hashes[key]
  if not hash then
    check_free(key)
    return NOTHING
  end
  return hash
end

function commands.HGET(key, field)
  return (hashes[key] or read(key))[1][type(field) == 'string' and field or text(field)] or false
end

function commands.HMGET(key, ...)
  local fields, found = read(key)[1], {...}
  for number = 1, #found do
    found[number] = fields[text(found[number])] or false
  end
  return found
end

-- The same values of few fields, without a table.
local function values(fields, field, ...)
  if field == nil then
    return
  end
  return fields[text(field)] or false, values(fields, ...)
end

local function spread(key, ...)
  return values(read(key)[1], ...)
end

function commands.HGETALL(key)
  local found, last = {}, 0
  for field, value in next, read(key)[1] do
    found[last + 1], found[last + 2], last = field, value, last + 2
  end
  return found
end

function commands.HLEN(key)
  return (hashes[key] or read(key))[2]
end

function commands.HEXISTS(key, field)
  return (hashes[key] or read(key))[1][text(field)] and 1 or 0
end

local function set(hash, field, value)
  field, value = type(field) == 'string' and field or text(field), type(value) == 'string' and value or text(value)
  local fields = hash[1]
  if not fields[field] then
    hash[2] = hash[2] + 1
  end
  fields[field] = value
end

function commands.HSET(key, field, value, ...)
  local count = select('#', ...)
  if value == nil or count % 2 > 0 then
    error("ERR wrong number of arguments for 'hset' command", 0)
  end
  local hash = hashes[key]
  if not hash then
    check_free(key)
    hash = put('hashes', key, {{}, 0})
  end
  local before = hash[2]
  set(hash, field, value)
  if count > 0 then
    local more = {...}
    for at = 1, count, 2 do
      set(hash, more[at], more[at + 1])
    end
  end
  return hash[2] - before
end

function commands.HDEL(key, ...)
  local hash, gone = read(key), 0
  local fields = hash[1]
  for number = 1, select('#', ...) do
    local field = text((select(number, ...)))
    if fields[field] then
      fields[field], gone = nil, gone + 1
    end
  end
  if gone > 0 then
    hash[2] = hash[2] - gone
    if hash[2] == 0 then
      remove(key)
    end
  end
  return gone
end

function commands.HINCRBY(key, field, by)
  local step, known = Words.integer(by), read(key)[1][text(field)] or '0'
  Words.integer(known, 'ERR hash value is not an integer')
  local sum = add(known, type(by) == 'string' and by or text(step))
  if not sum then
    error('ERR increment or decrement would overflow', 0)
  end
  commands.HSET(key, field, sum)
  return tonumber(sum)
end

function commands.HSCAN(key, cursor, ...)
  local fields = read(key)[1]
  local following, names = scan(key, fields, cursor, ...)
  local found = {}
  for number, name in ipairs(names) do
    found[2 * number - 1], found[2 * number] = name, fields[name]
  end
  return {following, found}
end

return commands, spread
