-- Commands on strings, and the bits in them. A string of which bits were set is an array of bytes of Python.
local Words, Keys, bits_of, text_of, get_bit, set_bit = ...
local error, floor, type = error, math.floor, type
local text, integer, strings, kinds = Words.text, Words.integer, Keys.strings, Keys.kinds
local commands = {}

local function read(key)
  local value = strings[key]
  if not value then
    Keys.check_free(key)
  end
  return value
end

function commands.GET(key)
  local value = read(key)
  return type(value) == 'userdata' and text_of(value) or value or false
end

local function lasting(word)
  if word == nil then
    error(Words.SYNTAX, 0)
  end
  local milliseconds = integer(word)
  if milliseconds <= 0 then
    error("ERR invalid expire time in 'set' command", 0)
  end
  return milliseconds
end

-- SET, with NX and PX: say whether it was set.
function commands.SET(key, value, ...)
  local words, at, only_new, lasts = {...}, 1, false, nil
  while words[at] ~= nil do
    local name = Words.option(words[at])
    if name == 'NX' then
      only_new, at = true, at + 1
    elseif name == 'PX' then
      lasts, at = lasting(words[at + 1]), at + 2
    else
      error(Words.SYNTAX, 0)
    end
  end
  if only_new and kinds[key] then
    return false
  end
  Keys.put('strings', key, text(value))
  if lasts then
    Keys.expires(key, lasts)
  else
    Keys.lasts(key)
  end
  return {ok = 'OK'}
end

local function read_offset(value)
  local problem = 'ERR bit offset is not an integer or out of range'
  local offset = integer(value, problem)
  if offset < 0 or offset >= 2 ^ 32 then
    error(problem, 0)
  end
  return offset
end

function commands.GETBIT(key, value)
  local offset = read_offset(value)
  local known = read(key)
  if not known then
    return 0
  end
  return get_bit(known, floor(offset / 8), 7 - offset % 8)
end

-- SETBIT: return the former bit.
function commands.SETBIT(key, value, bit)
  local offset, written = read_offset(value), text(bit)
  if written ~= '0' and written ~= '1' then
    error('ERR bit is not an integer or out of range', 0)
  end
  local known = read(key)
  if type(known) ~= 'userdata' then
    known = Keys.put('strings', key, bits_of(known or ''))
  end
  return set_bit(known, floor(offset / 8), 7 - offset % 8, tonumber(written))
end

return commands
