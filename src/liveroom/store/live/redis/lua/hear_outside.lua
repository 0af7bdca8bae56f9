-- uses: time common user outside
-- ARGV: 6 words {user, source, room, who ('*': all of them), 1 if there, when}, packed; 7 how long a source vouches, 8 one
-- that has ended.
local LEASE, GRACE, MOST = tonumber(ARGV[7]), tonumber(ARGV[8]), 16

local function is_of(one, source, room)
  return one[1] == source and one[2] == room
end

-- Let a source vouch as long as its newest word says. `known`: it had started; `was`: it was there.
local function settle(one, known, was)
  if is_there(one) then
    if one[8] == 0 then
      one[7] = NOW
    end
    one[6], one[8] = NOW + LEASE, 1
  elseif one[4] == 0 then
    one[6], one[8] = NOW + FORGET, 0
  elseif was or not known then
    one[6], one[8] = NOW + GRACE, 1
  end
end

-- Take a word about one presence up; one of a participant that a newer one has replaced says nothing.
local function hear(outside, source, room, who, there, at)
  local mine
  for _, one in ipairs(outside) do
    if is_of(one, source, room) then
      if one[3] == who then
        mine = one
      elseif there and source == PARTICIPANTS and one[4] > at then
        return outside
      end
    end
  end
  if not mine then
    mine = {source, room, who, 0, 0, 0, NOW, 0}
    outside[#outside + 1] = mine
  end
  local known, was = mine[4] > 0, is_there(mine)
  local moment = there and 4 or 5
  mine[moment] = math.max(mine[moment], at)
  settle(mine, known, was)
  if not there or source ~= PARTICIPANTS then
    return outside
  end
  local kept = {}
  for _, one in ipairs(outside) do
    if not (is_of(one, source, room) and is_there(one) and one[4] < mine[4]) then
      kept[#kept + 1] = one
    end
  end
  return kept
end

local function end_all(outside, source, room, at)
  for _, one in ipairs(outside) do
    if is_of(one, source, room) and is_there(one) and one[4] <= at then
      one[5] = at
      settle(one, true, true)
    end
  end
end

-- Of too many those that vouch no more are forgotten first.
local function bounded(outside)
  table.sort(outside, function(one, other)
    if one[8] ~= other[8] then
      return one[8] > other[8]
    end
    return one[6] > other[6]
  end)
  for number = #outside, MOST + 1, -1 do
    outside[number] = nil
  end
  return outside
end

for _, word in ipairs(unpack_(ARGV[6])) do
  local user, source, room, who, there, at = unpack(word)
  local record = read(user)
  local absent, first, outside = is_absent(record), since(record), record[7] or {}
  if who == '*' then
    end_all(outside, source, room, at)
  else
    outside = hear(outside, source, room, who, there == 1, at)
  end
  if outside[1] then
    put_outside(record, bounded(outside), first)
    write(user, record, absent)
  end
end
turn()
return 1
