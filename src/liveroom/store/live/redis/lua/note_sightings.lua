-- uses: time bucket users outside
-- Takes what outside sources report of users (ARGV.sightings: SIGHTING, packed).
-- ARGV: lease: for how long a source vouches. grace: for how long one that has ended does.
local LEASE, GRACE, MOST = tonumber(ARGV.lease), tonumber(ARGV.grace), 16

local function is_of(one, source, room)
  return one[OUTSIDE.source] == source and one[OUTSIDE.room] == room
end

-- Let a source vouch as long as its newest report says. `known`: it had started before that; `was`: it was there.
local function renew(one, known, was)
  if Outside.is_there(one) then
    if one[OUTSIDE.vouches] == 0 then
      one[OUTSIDE.since] = NOW
    end
    one[OUTSIDE.expires], one[OUTSIDE.vouches] = NOW + LEASE, 1
  elseif one[OUTSIDE.started] == 0 then
    one[OUTSIDE.expires], one[OUTSIDE.vouches] = NOW + Users.FORGET, 0
  elseif was or not known then
    one[OUTSIDE.expires], one[OUTSIDE.vouches] = NOW + GRACE, 1
  end
end

-- Take a report about one presence. One of a participant whom a newer one has replaced says nothing.
local function note(outside, source, room, who, there, at)
  local mine
  for _, one in ipairs(outside) do
    if is_of(one, source, room) then
      if one[OUTSIDE.who] == who then
        mine = one
      elseif there and source == Outside.PARTICIPANTS and one[OUTSIDE.started] > at then
        return outside
      end
    end
  end
  if not mine then
    mine = OUTSIDE{
      source = source, room = room, who = who, started = 0, ended = 0, expires = 0, since = NOW, vouches = 0,
    }
    outside[#outside + 1] = mine
  end
  local known, was = mine[OUTSIDE.started] > 0, Outside.is_there(mine)
  local moment = there and OUTSIDE.started or OUTSIDE.ended
  mine[moment] = math.max(mine[moment], at)
  renew(mine, known, was)
  if not there or source ~= Outside.PARTICIPANTS then
    return outside
  end
  local kept = {}
  for _, one in ipairs(outside) do
    local is_replaced = Outside.is_there(one) and one[OUTSIDE.started] < mine[OUTSIDE.started]
    if not (is_of(one, source, room) and is_replaced) then
      kept[#kept + 1] = one
    end
  end
  return kept
end

local function end_all(outside, source, room, at)
  for _, one in ipairs(outside) do
    if is_of(one, source, room) and Outside.is_there(one) and one[OUTSIDE.started] <= at then
      one[OUTSIDE.ended] = at
      renew(one, true, true)
    end
  end
end

-- Of too many, forget those first that vouch no more.
local function bounded(outside)
  table.sort(outside, function(one, other)
    if one[OUTSIDE.vouches] ~= other[OUTSIDE.vouches] then
      return one[OUTSIDE.vouches] > other[OUTSIDE.vouches]
    end
    return one[OUTSIDE.expires] > other[OUTSIDE.expires]
  end)
  for number = #outside, MOST + 1, -1 do
    outside[number] = nil
  end
  return outside
end

for _, row in ipairs(unpack_(ARGV.sightings)) do
  local user, source, room = row[SIGHTING.user], row[SIGHTING.source], row[SIGHTING.room]
  local record = Users.read(user)
  local absent, first, outside = Users.is_absent(record), Users.online_since(record), record[USER.outside] or {}
  if row[SIGHTING.who] == '*' then
    end_all(outside, source, room, row[SIGHTING.at])
  else
    outside = note(outside, source, room, row[SIGHTING.who], row[SIGHTING.present] == 1, row[SIGHTING.at])
  end
  if #outside > 0 then
    Outside.put(record, bounded(outside), first)
    Users.write(user, record, absent)
  end
end
Users.write_wheel()
return 1
