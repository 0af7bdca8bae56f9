-- A sorted set: members by score, then byte by byte. Its order is made when somebody asks for it.
--
-- A small set forgets its order with every change: most are changed often and read in order once a second at most, so
-- that sorting them then costs less. A great one keeps it, in chunks that are short enough to insert into.
-- `scores`: member -> score. `size`: how many. `chunks`: the order, members in arrays one after another.
local floor, insert, next, remove, sort = math.floor, table.insert, next, table.remove, table.sort
local SMALL, CHUNK = 64, 256
local SortedSet = {}

function SortedSet.new()
  return {scores = {}, size = 0}
end

local function build(set)
  local scores, members, chunks = set.scores, {}, {}
  for member in next, scores do
    members[#members + 1] = member
  end
  sort(members, function(one, other)
    local a, b = scores[one], scores[other]
    if a == b then
      return one < other
    end
    return a < b
  end)
  for first = 1, #members, CHUNK do
    local chunk = {}
    for number = first, first + CHUNK - 1 do
      chunk[#chunk + 1] = members[number]
    end
    chunks[#chunks + 1] = chunk
  end
  set.chunks = chunks
  return chunks
end

-- Does this member lie before a score (after it, with `after`), and before another member of the same score?
local function lies_before(scores, member, score, other, after)
  local own = scores[member]
  return own < score or (own == score and (after or (other ~= nil and member < other)))
end

-- The first chunk, and the first place in it, that does not lie before that.
local function locate(set, score, other, after)
  local chunks, scores = set.chunks or build(set), set.scores
  local low, high = 1, #chunks + 1
  while low < high do
    local middle = floor((low + high) / 2)
    local chunk = chunks[middle]
    if lies_before(scores, chunk[#chunk], score, other, after) then
      low = middle + 1
    else
      high = middle
    end
  end
  local number, chunk = low, chunks[low]
  if not chunk then
    return number, 1
  end
  low, high = 1, #chunk
  while low < high do
    local middle = floor((low + high) / 2)
    if lies_before(scores, chunk[middle], score, other, after) then
      low = middle + 1
    else
      high = middle
    end
  end
  return number, low
end

local function take_out(set, member, score)
  local number, place = locate(set, score, member)
  local chunk = set.chunks[number]
  remove(chunk, place)
  if #chunk == 0 then
    remove(set.chunks, number)
  end
end

local function put_in(set, member, score)
  local number, place = locate(set, score, member)
  local chunks = set.chunks
  local chunk = chunks[number]
  if not chunk then
    number = #chunks
    chunk = chunks[number]
    if not chunk then
      chunks[1] = {member}
      return
    end
    place = #chunk + 1
  end
  insert(chunk, place, member)
  if #chunk > 2 * CHUNK then
    local rest = {}
    for at = CHUNK + 1, #chunk do
      rest[#rest + 1], chunk[at] = chunk[at], nil
    end
    insert(chunks, number + 1, rest)
  end
end

-- Give a member this score.
function SortedSet.put(set, member, score)
  local former = set.scores[member]
  if former == score then
    return
  end
  if not former then
    set.size = set.size + 1
  end
  if set.chunks and set.size <= SMALL then
    set.chunks = nil
  end
  if set.chunks and former then
    take_out(set, member, former)
  end
  if set.chunks then
    put_in(set, member, score)
  end
  set.scores[member] = score
end

-- Take a member out; say whether it was there.
function SortedSet.remove(set, member)
  local score = set.scores[member]
  if not score then
    return false
  end
  if set.chunks then
    if set.size <= SMALL then
      set.chunks = nil
    else
      take_out(set, member, score)
    end
  end
  set.scores[member], set.size = nil, set.size - 1
  return true
end

local function rank_of(set, number, place)
  local rank = place - 1
  for before = 1, number - 1 do
    rank = rank + #set.chunks[before]
  end
  return rank
end

-- How many members have less than this score; with `after`, no more than it.
function SortedSet.rank_of_score(set, score, after)
  return rank_of(set, locate(set, score, nil, after))
end

-- How many members come before this name, where all have the same score; with `after`, itself included.
function SortedSet.rank_of_member(set, name, after)
  local chunks = set.chunks or build(set)
  local score = set.scores[chunks[1][1]]
  return rank_of(set, locate(set, score, after and name .. '\0' or name))
end

-- The members from one rank to before another, and with `step` -1 the same from the last to the first.
function SortedSet.between(set, first, after, step)
  local found = {}
  if first >= after then
    return found
  end
  local chunks = set.chunks or build(set)
  local number, place, rank = 1, first + 1, first
  if step == -1 then
    place = after
  end
  while place > #chunks[number] do
    number, place = number + 1, place - #chunks[number]
  end
  for _ = 1, after - rank do
    found[#found + 1] = chunks[number][place]
    place = place + step
    if place < 1 then
      number = number - 1
      place = number > 0 and #chunks[number] or 0
    elseif place > #chunks[number] then
      number, place = number + 1, 1
    end
  end
  return found
end

return SortedSet
