-- The seat map of a room: a field of it (SEAT_MAP), not there while nobody has asked for a seat. Members' records say
-- as well which seats they have. Whose record does not has left, by a release that knew of no seats.
function Seats.read()
  local raw, seats = call('HGET', KEYS.room, ROOM.seat_map), {}
  local map = raw and unpack_(raw) or SEAT_MAP{version = 0, seats = {}, requests = {}}
  for _, seat in ipairs(map[SEAT_MAP.seats]) do
    local member = Rooms.read_member(seat[SEAT.user])
    if member and member[MEMBER.seat] == seat[SEAT.number] then
      seats[#seats + 1] = seat
    end
  end
  return {
    version = map[SEAT_MAP.version], seats = seats, requests = map[SEAT_MAP.requests],
    writes = map[SEAT_MAP.writes] or '', silenced = map[SEAT_MAP.silenced] or {},
  }
end

function Seats.write(map)
  map.version = math.max(map.version + 1, NOW)
  call('HSET', KEYS.room, ROOM.seat_map, pack(SEAT_MAP{
    version = map.version, seats = map.seats, requests = map.requests, writes = map.writes, silenced = map.silenced,
  }))
end

-- Remember how a host has muted somebody who leaves their seat (domain/seats/model.py has the same rule and bound).
function Seats.remember_mute(map, user, mutes)
  local by_host, others = mutes % 4, {}
  if by_host == 0 then
    return
  end
  for _, one in ipairs(map.silenced) do
    if one[SILENCED.user] ~= user then
      others[#others + 1] = one
    end
  end
  others[#others + 1] = SILENCED{user = user, mutes = by_host}
  while #others > 100 do
    table.remove(others, 1)
  end
  map.silenced = others
end

-- Let a member's record say which seat they have (0: none).
function Seats.mark(member, number, mutes)
  local had, has = (member[MEMBER.seat] or 0) > 0, number > 0
  if had ~= has then
    member[MEMBER.marks] = (member[MEMBER.marks] or 0) + (has and 2 or -2)
  end
  member[MEMBER.seat], member[MEMBER.mutes] = has and number or nil, has and mutes or nil
end

-- Give members other seats, or none (MOVE).
function Seats.reseat(room, moves)
  if #moves > 0 then
    Rooms.raise_version(room)
  end
  for _, move in ipairs(moves) do
    local user, member = move[MOVE.user], move[MOVE.member]
    local before = Rooms.displayed_role(member)
    Seats.mark(member, move[MOVE.number], move[MOVE.mutes])
    Rooms.write_member(user, member)
    Rooms.journal(room, user, member)
    if before ~= Rooms.displayed_role(member) then
      Events.emit_role(room, user, member)
    end
  end
end

function Seats.emit(room, map, by, reason)
  if not Events.is_heard(room) then
    return
  end
  local seated, options = {}, room.options and unpack_(room.options)
  for number, seat in ipairs(map.seats) do
    local member = Rooms.read_member(seat[SEAT.user])
    seated[number] = SEATED{
      number = seat[SEAT.number], user = seat[SEAT.user], name = member[MEMBER.name], avatar = member[MEMBER.avatar],
      mutes = seat[SEAT.mutes],
    }
  end
  local plan = options and SEAT_PLAN{
    seats = options[OPTIONS.seats], mode = options[OPTIONS.seat_mode], locks = options[OPTIONS.seat_locks],
  }
  local data = SEATS{plan = plan or false, seats = seated}
  Events.emit('s', Events.announcement(room, 'seats.changed', data, by or '', reason))
  Events.urgent = true
end
