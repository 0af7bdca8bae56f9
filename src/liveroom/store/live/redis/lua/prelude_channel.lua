-- KEYS: 1 facts, 2 room, 3 members, 4 subs, 5 subscribers, 6 going, 7 lapses, 8 news (a channel).  ARGV[2]: the room.
--
-- A seat is a socket: client, user and session, with a NUL between each two. subs: seats by when they lapse.
-- subscribers: user -> their seats, packed, and behind them when they entered since the newest of them. going: users who
-- have none left, and when their stay is to end.
-- lapses: rooms, and when something in them may lapse (a seat that was renewed is looked at too early).
local ROOM, CROWD, AGAIN = ARGV[2], 500, 30000

local function user_of(seat)
  local first = string.find(seat, '\0', 1, true)
  return string.sub(seat, first + 1, string.find(seat, '\0', first + 1, true) - 1)
end

-- Tell that somebody joined (j) or parted (l), unless there is a crowd.
local function tell_seat(letter, seat)
  if call('HLEN', KEYS[5]) <= CROWD then
    call('SPUBLISH', KEYS[8], pack({letter, seat}))
  end
end

-- The seats of a user, and when they entered the room since they took the newest of them.
local function seats_of(user)
  local packed = call('HGET', KEYS[5], user)
  local seats = packed and unpack_(packed) or {}
  local entered = type(seats[#seats]) == 'number' and table.remove(seats) or nil
  return seats, entered
end

-- Take a seat away; say whether it was its user's last, and when they entered since.
local function vacate(seat, user)
  if call('ZREM', KEYS[4], seat) == 0 then
    return false
  end
  local kept = {}
  local seats, entered = seats_of(user)
  for _, other in ipairs(seats) do
    if other ~= seat then
      kept[#kept + 1] = other
    end
  end
  local last = #kept == 0
  if not last then
    kept[#kept + 1] = entered
    call('HSET', KEYS[5], user, pack(kept))
  else
    call('HDEL', KEYS[5], user)
  end
  tell_seat('l', seat)
  return last, entered
end
