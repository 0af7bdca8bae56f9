-- The room's field q: its stage: 1 version, 2 seats that are taken {number, user, mutes}, by number, 3 requests that wait,
--   which scripts hand through, 4 tokens of the last writes, 5 who has left a seat that a host had muted {user, mutes}, who
--   left last at the end; packed, and not there while nobody has asked for a seat. What the seats' users have is in their
--   records too: marks (2), 11 seat, 12 mutes. Whose record does not say so has left, by a release that knew of no seats.
local function read_stage()
  local raw = call('HGET', KEYS[2], 'q')
  local stage, seats = raw and unpack_(raw) or {0, {}, {}}, {}
  for _, one in ipairs(stage[2]) do
    local member = read_member(one[2])
    if member and member[11] == one[1] then
      seats[#seats + 1] = one
    end
  end
  return {version = stage[1], seats = seats, requests = stage[3], writes = stage[4] or '', silenced = stage[5] or {}}
end

local function write_stage(stage)
  stage.version = math.max(stage.version + 1, NOW)
  call('HSET', KEYS[2], 'q', pack({stage.version, stage.seats, stage.requests, stage.writes, stage.silenced}))
end

-- Remember how a host has muted somebody who leaves their seat (domain/seats.py has the same rule and bound).
local function silence_on(stage, user, mutes)
  local by_host, others = mutes % 4, {}
  if by_host == 0 then
    return
  end
  for _, one in ipairs(stage.silenced) do
    if one[1] ~= user then
      others[#others + 1] = one
    end
  end
  others[#others + 1] = {user, by_host}
  while #others > 100 do
    table.remove(others, 1)
  end
  stage.silenced = others
end

-- Let a member's record say which seat they have (0: none).
local function mark_seat(member, number, mutes)
  local had, has = (member[11] or 0) > 0, number > 0
  if had ~= has then
    member[10] = (member[10] or 0) + (has and 2 or -2)
  end
  member[11], member[12] = has and number or nil, has and mutes or nil
end

-- Give members other seats, or none: {user, member, number, mutes} each.
local function reseat(room, moves)
  if #moves > 0 then
    raise(room)
  end
  for _, move in ipairs(moves) do
    local user, member = move[1], move[2]
    local before = shown(member)
    mark_seat(member, move[3], move[4])
    write_member(user, member)
    journal(room, user, member)
    if before ~= shown(member) then
      tell_role(room, user, member)
    end
  end
end

local function tell_seats(room, stage, by, reason)
  if not is_heard(room) then
    return
  end
  local seats, options = {}, room.options and unpack_(room.options)
  for number, one in ipairs(stage.seats) do
    local member = read_member(one[2])
    seats[number] = {one[1], one[2], member[3], member[4], one[3]}
  end
  local said = {options and {options[3], options[4], options[5]} or false, seats}
  room.log[2] = room.log[2] + 1
  add('s', pack({'seats.changed', room.log[2], NOW, reason or '', false, false, false, said, by or ''}))
  urgent = true
end
