-- uses: time common verify user
-- ARGV: 6 how many users to look at, 7 how many places to name, 8 gap, 9 how long ended sessions are remembered,
-- 10 the server's run id.
-- Returns places to end: {user, place, session, room, host}, packed; nothing within a second of the last sweep.
local swept = tonumber(call('HGET', KEYS[1], 's') or 0)
if NOW - swept < 1000 then
  return false
end
if NOW - swept > tonumber(ARGV[8]) then
  HOLD = math.max(HOLD, NOW + WAIT_KEEPALIVE)
  call('HSET', KEYS[1], 'h', whole(HOLD))
end
call('HSET', KEYS[1], 's', whole(NOW))
call('ZREMRANGEBYSCORE', KEYS[5], '-inf', '(' .. whole(NOW - ARGV[9]))
local held = NOW < HOLD
local found, most = {}, tonumber(ARGV[7])

local function goes(record, place)
  local going = place[6] or 0
  if going > 0 then
    return going + AGAIN <= NOW
  end
  if not session_of(record, place[2]) then
    return true
  end
  if place[7] and place[8] + AGAIN <= NOW then
    if holds(record, place[7]) then
      return true
    end
    place[6], place[7], place[8] = 0, false, 0
  end
  return not held and place[5] == 0 and place[4] * 1000 + WAIT_AUDIENCE <= NOW
end

local function drop_sockets(record)
  for _, session in ipairs(record[4]) do
    local kept = {}
    for _, socket in ipairs(session[6] or NONE) do
      if socket[2] > NOW then
        kept[#kept + 1] = socket
      end
    end
    if kept[1] then
      session[6] = kept
    elseif session[6] then
      session[5], session[6] = original(session[1]) and session[5] or nil, nil
    end
  end
end

local function judge(user, record)
  local absent = #record[4] == 0
  if not held then
    end_sessions(record, function(session) return till(session) <= NOW end)
    drop_sockets(record)
  end
  for _, place in ipairs(record[5]) do
    if goes(record, place) then
      place[6], place[7], place[8] = NOW, place[7] or false, place[8] or 0
      found[#found + 1] = named(user, place)
    end
  end
  record[3] = 0
  write(user, record, absent)
end

-- Look at users of one second of the wheel; return how many, and who is left of it.
local function look(second, users, looks)
  local at, seen = 1, 0
  while at <= #users and seen < looks and #found < most do
    local length = string.byte(users, at)
    local user = string.sub(users, at + 1, at + length)
    at, seen = at + 1 + length, seen + 1
    local record = read(user)
    if record[3] == second then
      judge(user, record)
    end
  end
  return seen, string.sub(users, at)
end

local left = tonumber(ARGV[6])
while left > 0 and #found < most do
  local field = call('ZRANGEBYSCORE', KEYS[3], '-inf', whole(math.floor(NOW / 1000)), 'LIMIT', 0, 1)[1]
  if not field then
    break
  end
  local seen, rest = look(tonumber(field), call('HGET', KEYS[4], field) or '', left)
  left = left - math.max(seen, 1)
  if rest == '' then
    call('HDEL', KEYS[4], field)
    call('ZREM', KEYS[3], field)
  else
    call('HSET', KEYS[4], field, rest)
  end
end
turn()
return pack(found)
