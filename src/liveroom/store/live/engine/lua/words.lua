-- Arguments of commands as Redis reads them: strings, or numbers of Lua. What cannot be read is an error whose first
-- word says its kind.
local byte, error, find, floor, format, lower, match, tonumber, type =
  string.byte, error, string.find, math.floor, string.format, string.lower, string.match, tonumber, type
local Words = {
  WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value',
  SYNTAX = 'ERR syntax error',
  NOT_AN_INTEGER = 'ERR value is not an integer or out of range',
}
local NOT_A_FLOAT, NOT_A_SCORE = 'ERR value is not a valid float', 'ERR min or max is not a float'
local NOT_AN_ARGUMENT = 'ERR Lua redis lib command arguments must be strings or integers'
local EXACT = 2 ^ 53 -- up to here a number of Lua stands for one integer

function Words.text(value)
  local kind = type(value)
  if kind == 'string' then
    return value
  elseif kind == 'number' then
    return format('%.17g', value)
  end
  error(NOT_AN_ARGUMENT, 0)
end
local text = Words.text

-- An integer of 64 bits; one beyond EXACT is as near as Lua has it.
function Words.integer(value, problem)
  if type(value) == 'number' and value == floor(value) and value < EXACT and value > -EXACT then
    return value
  end
  local written = text(value)
  local sign, digits = match(written, '^(%-?)([1-9]%d*)$')
  local largest = sign == '-' and '9223372036854775808' or '9223372036854775807'
  if written == '0' or (digits and (#digits < 19 or (#digits == 19 and digits <= largest))) then
    return tonumber(written)
  end
  error(problem or Words.NOT_AN_INTEGER, 0)
end

function Words.score(value, problem)
  if type(value) == 'number' and value == value then
    return value
  end
  local written = text(value)
  local first, last = byte(written), byte(written, -1)
  local plain = first and first > 48 and first < 58 and last > 47 and last < 58 and tonumber(written)
  if plain then
    return plain
  end
  local sign, rest = match(lower(written), '^([+-]?)(.+)$')
  local mantissa = rest and (match(rest, '^(.-)e[+-]?%d+$') or rest)
  local number
  if rest == 'inf' or rest == 'infinity' then
    number = math.huge
  elseif mantissa and (find(mantissa, '^%d+%.?%d*$') or find(mantissa, '^%.%d+$')) then
    number = tonumber(rest)
  end
  if not number then
    error(problem or NOT_A_FLOAT, 0)
  end
  return sign == '-' and -number or number
end

-- A bound of a range of scores: the score, and whether it is itself outside.
function Words.bound(value)
  if type(value) == 'string' and find(value, '^%(') then
    return Words.score(string.sub(value, 2), NOT_A_SCORE), true
  end
  return Words.score(value, NOT_A_SCORE), false
end

-- An option's name; options may be written small.
function Words.option(value)
  return string.upper(text(value))
end

return Words
