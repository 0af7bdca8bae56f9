-- uses: time common verify user outside
-- ARGV: 6 how many users to look at, 7 how many places to name, 8 gap, 9 how long ended sessions are remembered,
-- 10 the server's run id.
-- Returns places to end: {user, place, session, room, host, 1 if a subscription to the room spares it}, packed; nothing
-- within a second of the last sweep.
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

-- Was the user in the room's media, and is not any more since this place was taken, nor in its group?
local function is_deserted(record, place)
  local left = false
  for _, one in ipairs(record[7] or NONE) do
    if one[2] == place[3] then
      if one[8] == 1 and (one[1] >= MEDIA or is_there(one)) then
        return false
      end
      left = left or (one[1] >= MEDIA and one[4] > 0 and one[5] >= place[4] * 1000)
    end
  end
  return left
end

-- Why a place is to end: 0 because nothing vouches for it, 1 because nothing about the room does; or it is not.
local function reason(record, place)
  if not session_of(record, place[2]) and not is_vouched(record, place[3]) then
    return 0
  end
  if place[7] and (place[8] + AGAIN <= NOW or not holds(record, place[7])) then
    return 0
  end
  if held then
    return nil
  end
  local is_old = place[5] == 0 and place[4] * 1000 + WAIT_AUDIENCE <= NOW and not is_vouched(record, place[3], 2)
  return (is_old or is_deserted(record, place)) and 1 or nil
end

local function goes(record, place)
  local going = place[6] or 0
  if going == 0 then
    return reason(record, place)
  end
  return going + AGAIN <= NOW and (reason(record, place) or 0) or nil
end

-- A source that ended is remembered as such, and longer while the room's group vouches. One that was not heard of for
-- long vouches no more, which ends no stay: a place that it alone held is given one lease. An audience's hours without
-- evidence begin anew.
local function judge_outside(record)
  local first, kept, silent, left = since(record), {}, {}, {}
  for _, one in ipairs(record[7]) do
    local is_over = one[6] <= NOW
    if is_over and one[8] == 1 and is_there(one) then
      silent[one[2]] = true
    else
      if is_over and one[8] == 1 then
        left[one[2]] = left[one[2]] or one[1] < MEDIA
        one[6], one[8], is_over = NOW + FORGET, 0, false
      elseif is_over and one[1] >= MEDIA and is_vouched(record, one[2], 2) then
        one[6], is_over = NOW + FORGET, false
      end
      if not is_over then
        kept[#kept + 1] = one
      end
    end
  end
  put_outside(record, kept, first)
  for _, place in ipairs(record[5]) do
    if silent[place[3]] or (left[place[3]] and not is_deserted(record, place)) then
      place[4] = math.floor(NOW / 1000)
    end
  end
  return silent
end

local function give_lease(user, record, silent)
  for _, place in ipairs(record[5]) do
    local alone = (place[6] or 0) == 0 and not session_of(record, place[2]) and not is_vouched(record, place[3])
    if alone and (silent[place[3]] or silent['']) and not call('ZSCORE', KEYS[5], user .. '\0' .. place[2]) then
      local session = new_session(record, place[2])
      session[3] = NOW + lease(record, session)
    end
  end
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
  local absent = is_absent(record)
  if not held then
    end_sessions(record, function(session) return till(session) <= NOW end)
    drop_sockets(record)
    if record[7] then
      give_lease(user, record, judge_outside(record))
    end
  end
  for _, place in ipairs(record[5]) do
    local spared = goes(record, place)
    if spared then
      place[6], place[7], place[8] = NOW, place[7] or false, place[8] or 0
      local name = named(user, place)
      name[6] = spared
      found[#found + 1] = name
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
