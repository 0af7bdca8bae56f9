-- Commands on sets. A set is {members, how many}.
local Words, Keys, scan = ...
local next, select = next, select
local text, sets = Words.text, Keys.sets
local NOTHING = {{}, 0}
local commands = {}

local function read(key)
  local set = sets[key]
  if not set then
    Keys.check_free(key)
    return NOTHING
  end
  return set
end

function commands.SADD(key, ...)
  local set = read(key)
  if set == NOTHING then
    set = Keys.put('sets', key, {{}, 0})
  end
  local members, before = set[1], set[2]
  for number = 1, select('#', ...) do
    local member = text((select(number, ...)))
    if not members[member] then
      members[member], set[2] = true, set[2] + 1
    end
  end
  return set[2] - before
end

function commands.SREM(key, ...)
  local set, gone = read(key), 0
  local members = set[1]
  for number = 1, select('#', ...) do
    local member = text((select(number, ...)))
    if members[member] then
      members[member], gone = nil, gone + 1
    end
  end
  if gone > 0 then
    set[2] = set[2] - gone
    if set[2] == 0 then
      Keys.remove(key)
    end
  end
  return gone
end

function commands.SCARD(key)
  return read(key)[2]
end

function commands.SMEMBERS(key)
  local found = {}
  for member in next, read(key)[1] do
    found[#found + 1] = member
  end
  return found
end

function commands.SSCAN(key, cursor, ...)
  return {scan(key, read(key)[1], cursor, ...)}
end

return commands
