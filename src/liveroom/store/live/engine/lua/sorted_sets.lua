-- Commands on sorted sets.
local Words, Keys, SortedSet, ranks = ...
local format, max, min, select, sub = string.format, math.max, math.min, select, string.sub
local text, integer, score, bound = Words.text, Words.integer, Words.score, Words.bound
local sorted_sets, put, take_out = Keys.sorted_sets, SortedSet.put, SortedSet.remove
local rank_of_score, between = SortedSet.rank_of_score, SortedSet.between
local NOTHING = SortedSet.new()
local commands = {}

local function read(key)
  local set = sorted_sets[key]
  if not set then
    Keys.check_free(key)
    return NOTHING
  end
  return set
end

local function made(key)
  local set = read(key)
  return set == NOTHING and Keys.put('sorted_sets', key, SortedSet.new()) or set
end

-- --- members -------------------------------------------------------------------------------------------------------

local function add_all(key, option, ...)
  local words, count = {...}, select('#', ...)
  if count == 0 or count % 2 > 0 then
    error(Words.SYNTAX, 0)
  end
  for at = 1, count, 2 do
    words[at] = score(words[at])
  end
  local set = made(key)
  local before = set.size
  for at = 1, count, 2 do
    local number, member = words[at], text(words[at + 1])
    local known = set.scores[member]
    if not option or not known or (option == 'GT' and number > known) or (option == 'LT' and number < known) then
      put(set, member, number)
    end
  end
  return set.size - before
end

-- ZADD, with GT or LT: return how many members are new.
function commands.ZADD(key, first, second, ...)
  if first == 'GT' or first == 'LT' then
    return add_all(key, first, second, ...)
  elseif select('#', ...) > 0 then
    return add_all(key, nil, first, second, ...)
  elseif second == nil then
    error(Words.SYNTAX, 0)
  end
  local number, member = score(first), text(second)
  local set = made(key)
  local before = set.size
  put(set, member, number)
  return set.size - before
end

function commands.ZREM(key, ...)
  local set, gone = read(key), 0
  for number = 1, select('#', ...) do
    gone = gone + (take_out(set, text((select(number, ...)))) and 1 or 0)
  end
  if gone > 0 and set.size == 0 then
    Keys.remove(key)
  end
  return gone
end

function commands.ZCARD(key)
  return read(key).size
end

function commands.ZSCORE(key, member)
  local found = read(key).scores[text(member)]
  return found and format('%.17g', found) or false
end

function commands.ZMSCORE(key, ...)
  local found = {...}
  for number = 1, #found do
    found[number] = commands.ZSCORE(key, found[number])
  end
  return found
end

-- --- ranges --------------------------------------------------------------------------------------------------------

-- Whether scores are asked for, and the offset and number of a limit.
local function read_options(...)
  local words, at, with_scores, offset, number = {...}, 1, false, nil, nil
  while words[at] ~= nil do
    local name = Words.option(words[at])
    if name == 'WITHSCORES' then
      with_scores, at = true, at + 1
    elseif name == 'LIMIT' and words[at + 2] ~= nil then
      offset, number, at = integer(words[at + 1]), integer(words[at + 2]), at + 3
    else
      error(Words.SYNTAX, 0)
    end
  end
  return with_scores, offset, number
end

-- What a limit leaves of a range. A number below 0 is no limit; an offset below 0 leaves nothing.
local function limited(first, after, offset, number)
  after = max(after, first)
  if not offset then
    return first, after
  elseif offset < 0 or number == 0 then
    return first, first
  end
  local begin = min(first + offset, after)
  return begin, number > 0 and min(after, begin + number) or after
end

-- The same of a range that is read backwards.
local function limited_from_end(first, after, offset, number)
  local begin, final = limited(-after, -first, offset, number)
  return -final, -begin
end

local function answer(set, members, with_scores)
  if not with_scores then
    return members
  end
  local found = {}
  for number, member in ipairs(members) do
    found[2 * number - 1], found[2 * number] = member, format('%.17g', set.scores[member])
  end
  return found
end

-- ZRANGE by rank, with WITHSCORES.
function commands.ZRANGE(key, first, last, ...)
  first, last = integer(first), integer(last)
  local with_scores = read_options(...)
  local set = read(key)
  local begin, final = ranks(first, last, set.size)
  return answer(set, between(set, begin, final + 1, 1), with_scores)
end

-- The ranks of the scores between two bounds.
local function scored(set, least, is_open, most, is_open_too)
  if set.size == 0 then
    return 0, 0
  end
  return rank_of_score(set, least, is_open), rank_of_score(set, most, not is_open_too)
end

function commands.ZRANGEBYSCORE(key, least, most, ...)
  local from, is_open = bound(least)
  local to, is_open_too = bound(most)
  local with_scores, offset, number = read_options(...)
  local set = read(key)
  local first, after = scored(set, from, is_open, to, is_open_too)
  first, after = limited(first, after, offset, number)
  return answer(set, between(set, first, after, 1), with_scores)
end

function commands.ZREVRANGEBYSCORE(key, most, least, ...)
  local from, is_open = bound(least)
  local to, is_open_too = bound(most)
  local with_scores, offset, number = read_options(...)
  local set = read(key)
  local first, after = scored(set, from, is_open, to, is_open_too)
  first, after = limited_from_end(first, after, offset, number)
  return answer(set, between(set, first, after, -1), with_scores)
end

function commands.ZCOUNT(key, least, most)
  local from, is_open = bound(least)
  local to, is_open_too = bound(most)
  local first, after = scored(read(key), from, is_open, to, is_open_too)
  return max(after - first, 0)
end

-- How many members lie before a bound of a range of names; `outside`: the sign with which the name itself does.
local function rank_of_name(set, name, outside)
  if name == '-' then
    return 0
  elseif name == '+' then
    return set.size
  end
  return SortedSet.rank_of_member(set, sub(name, 2), sub(name, 1, 1) == outside)
end

local function check_name(name)
  if name ~= '-' and name ~= '+' and not string.find(name, '^[%[%(]') then
    error('ERR min or max not valid string range item', 0)
  end
end

-- ZREVRANGEBYLEX, with LIMIT, where all members have the same score.
function commands.ZREVRANGEBYLEX(key, last, first, ...)
  local upper, lower = text(last), text(first)
  check_name(upper)
  check_name(lower)
  local _, offset, number = read_options(...)
  local set = read(key)
  if set.size == 0 then
    return {}
  end
  local begin, after = rank_of_name(set, lower, '('), rank_of_name(set, upper, '[')
  begin, after = limited_from_end(begin, after, offset, number)
  return between(set, begin, after, -1)
end

local function remove_between(key, set, first, after)
  local members = between(set, first, after, 1)
  for _, member in ipairs(members) do
    take_out(set, member)
  end
  if #members > 0 and set.size == 0 then
    Keys.remove(key)
  end
  return #members
end

function commands.ZREMRANGEBYRANK(key, first, last)
  first, last = integer(first), integer(last)
  local set = read(key)
  local begin, final = ranks(first, last, set.size)
  return remove_between(key, set, begin, final + 1)
end

function commands.ZREMRANGEBYSCORE(key, least, most)
  local from, is_open = bound(least)
  local to, is_open_too = bound(most)
  local set = read(key)
  return remove_between(key, set, scored(set, from, is_open, to, is_open_too))
end

return commands
