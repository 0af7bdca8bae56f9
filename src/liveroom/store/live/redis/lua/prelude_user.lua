-- KEYS: 1 facts, 2 users, 3 due, 4 wheel, 5 ended, 6 absent.  ARGV[2..5]: patience with sessions that send keepalives,
-- silent ones, silent hosts, audience places.
--
-- users: user -> record, packed. A record: 1 name (or false), 2 avatar, 3 the second of the wheel that looks at it,
--   4 sessions {id, since, expires, 1 if judged by silence, when issued (sessions of the original; else 0 or nothing),
--     sockets {client, expires, since in s, 1 if closed} (if it has any)},
--   5 places {id, session (its number in the record, or its id), room, entered in s, 1 if host, going, superseded by,
--     superseded at, 1 if it was filled from SQL and not entered since}, 6 online since (where the oldest session does not say it),
--   7 outside sources (only if there are any; see prelude_outside): {number, room or '', who, started, ended (times of the
--     vendor, 0: never), until, since, 1 while it vouches and 0 while only its end is remembered}.
-- wheel: second -> users to look at then, each behind its length; due: the seconds that the wheel has. A sorted set of
--   users would cost 108 bytes a user, this costs 10; a user whose lease was renewed is found too early and put again.
-- absent: users of whom only places are left.
local WAIT_KEEPALIVE, WAIT_SILENT, WAIT_HOST, WAIT_AUDIENCE =
  tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local AGAIN, FORGET = 30000, 900000
local HOLD = tonumber(call('HGET', KEYS[1], 'h') or 0)
local turns, NONE = {}, {}

local function read(user)
  local raw = call('HGET', KEYS[2], user)
  if not raw then
    return {false, '', 0, {}, {}}
  end
  local record = unpack_(raw)
  for _, place in ipairs(record[5]) do
    if type(place[2]) == 'number' then
      place[2] = record[4][place[2]][1]
    end
  end
  return record
end

local function session_of(record, id)
  for number, session in ipairs(record[4]) do
    if session[1] == id then
      return session, number
    end
  end
end

local function original(id)
  return string.byte(id) == 126
end

-- Does an outside source vouch for the user? With a room: for a place there; with `least`: by what it sees of that room.
local function is_vouched(record, room, least)
  for _, one in ipairs(record[7] or NONE) do
    if one[8] == 1 and one[1] >= (least or 1) and (not room or one[2] == room or (not least and one[2] == '')) then
      return true
    end
  end
  return false
end

-- Is it known of the user that nothing vouches for them?
local function is_absent(record)
  return #record[4] == 0 and (#record[5] > 0 or record[7] ~= nil) and not is_vouched(record)
end

-- When the last lease of a session is over: its calls' and its sockets'.
local function till(session)
  local at = session[3]
  for _, socket in ipairs(session[6] or NONE) do
    at = math.max(at, socket[2])
  end
  return at
end

local function since(record)
  local first = record[6]
  for _, session in ipairs(record[4]) do
    if not first or session[2] < first then
      first = session[2]
    end
  end
  for _, one in ipairs(record[7] or NONE) do
    if one[8] == 1 and (not first or one[7] < first) then
      first = one[7]
    end
  end
  return first
end

local function holds(record, id)
  for _, place in ipairs(record[5]) do
    if place[1] == id then
      return true
    end
  end
  return false
end

-- Let what one place has superseded end with another.
local function follow(record, former, heir)
  for _, place in ipairs(record[5]) do
    if place[7] == former then
      place[7] = heir
    end
  end
end

-- When something of this user may be over.
local function next_look(record)
  local at = math.huge
  for _, session in ipairs(record[4]) do
    at = math.min(at, math.max(till(session), HOLD))
  end
  for _, place in ipairs(record[5]) do
    if (place[6] or 0) > 0 then
      at = math.min(at, place[6] + AGAIN)
    else
      if place[7] then
        at = math.min(at, place[8] + AGAIN)
      end
      if place[5] == 0 and not is_vouched(record, place[3], 2) then
        at = math.min(at, math.max(place[4] * 1000 + WAIT_AUDIENCE, HOLD))
      end
    end
  end
  for _, one in ipairs(record[7] or NONE) do
    at = math.min(at, math.max(one[6], HOLD))
  end
  return at
end

local function arm(user, record)
  local second = math.floor(math.max(next_look(record), NOW) / 1000)
  if second * 1000 > NOW + 300000 then
    second = math.floor(second / 16) * 16
  end
  if record[3] == 0 or second < record[3] then
    record[3] = second
    turns[second] = (turns[second] or '') .. string.char(#user) .. user
  end
end

local function write(user, record, was_absent)
  local sessions, places = record[4], record[5]
  if #sessions == 0 and #places == 0 and not record[7] then
    call('HDEL', KEYS[2], user)
    if was_absent then
      call('SREM', KEYS[6], user)
    end
    return
  end
  arm(user, record)
  if #sessions == 0 and not is_vouched(record) then
    record[6] = nil
    if not was_absent then
      call('SADD', KEYS[6], user)
    end
  elseif was_absent then
    call('SREM', KEYS[6], user)
  end
  for _, place in ipairs(places) do
    if place[6] == 0 and not place[7] and place[9] ~= 1 then
      place[6], place[7], place[8] = nil, nil, nil
    end
    local _, number = session_of(record, place[2])
    place[2] = number or place[2]
  end
  if record[7] then
    record[6] = record[6] or false
  end
  call('HSET', KEYS[2], user, pack(record))
end

-- Note on the wheel who is to be looked at when: at the end of every script that writes records.
local function turn()
  for second, users in pairs(turns) do
    local field = whole(second)
    local known = call('HGET', KEYS[4], field)
    call('HSET', KEYS[4], field, (known or '') .. users)
    if not known then
      call('ZADD', KEYS[3], field, field)
    end
  end
end

local function has_ended(user, id, issued)
  if call('ZSCORE', KEYS[5], user .. '\0' .. id) then
    return true
  end
  if not original(id) then
    return false
  end
  local before = call('ZSCORE', KEYS[5], user .. '\0')
  return before and issued < tonumber(before) or false
end

local function lease(record, session)
  if session[4] == 1 then
    return WAIT_KEEPALIVE
  end
  for _, place in ipairs(record[5]) do
    if place[5] == 1 and place[2] == session[1] then
      return WAIT_HOST
    end
  end
  return WAIT_SILENT
end

local function new_session(record, id)
  local session = {id, NOW, 0, 0}
  record[4][#record[4] + 1] = session
  return session
end

-- A sign of life: the session, renewed, or nil when it has ended. kind: 0 a call, 1 a keepalive, 2 a call by a socket,
-- which vouches itself; a session whose socket's lease was lost is given one lease until that is renewed.
local function beat(user, record, id, kind, issued)
  local session = session_of(record, id)
  if (original(id) or not session) and has_ended(user, id, issued) then
    return nil
  end
  session = session or new_session(record, id)
  if original(id) and (session[5] or 0) == 0 then
    session[5] = issued
  end
  if kind == 2 and till(session) > NOW then
    return session
  end
  if kind > 0 then
    session[4] = 1
  end
  session[3] = NOW + lease(record, session)
  return session
end

-- Take sessions out for which `over` holds, keeping since when the user is online.
local function end_sessions(record, over)
  local first, kept = since(record), {}
  for _, session in ipairs(record[4]) do
    if not over(session) then
      kept[#kept + 1] = session
    end
  end
  if #kept == #record[4] then
    return
  end
  record[4], record[6] = kept, nil
  local oldest = since(record)
  if oldest and first < oldest then
    record[6] = first
  end
end

-- Forget sessions of a user that have ended, and those of the original from before; their places go with the next sweep.
local function end_named(user, ids, before)
  local record, over = read(user), {}
  local absent = is_absent(record)
  if #record[4] == 0 and #record[5] == 0 then
    return
  end
  for _, id in ipairs(ids) do
    over[id] = true
  end
  end_sessions(record, function(session)
    if before and original(session[1]) and (session[5] or 0) < before then
      over[session[1]] = true
    end
    return over[session[1]]
  end)
  for _, place in ipairs(record[5]) do
    if over[place[2]] then
      place[6], place[7], place[8] = NOW - AGAIN, place[7] or false, place[8] or 0
    end
  end
  write(user, record, absent)
end

local function named(user, place)
  return {user, place[1], place[2], place[3], place[5]}
end
