-- uses: time claimed user
-- ARGV: 6 users with places to have {user, place, session, room, host, keepalive, ...}, 7 places to forget {user, place}, 8 what is
-- over {user, sessions, when, before or false}; packed.
for _, ended in ipairs(unpack_(ARGV[8])) do
  for _, id in ipairs(ended[2]) do
    call('ZADD', KEYS[5], ended[3], ended[1] .. '\0' .. id)
  end
  if ended[4] then
    call('ZADD', KEYS[5], 'GT', ended[4], ended[1] .. '\0')
  end
  end_named(ended[1], ended[2], ended[4])
end
for _, dropped in ipairs(unpack_(ARGV[7])) do
  local record = read(dropped[1])
  local absent, kept = is_absent(record), {}
  for _, place in ipairs(record[5]) do
    if place[1] ~= dropped[2] then
      kept[#kept + 1] = place
    end
  end
  record[5] = kept
  write(dropped[1], record, absent)
end

-- A session that is only known from the ledger gets one lease. The place of one that has ended goes with the next sweep.
local function vouch(user, record, id, keepalive)
  local session = session_of(record, id)
  if not session then
    if call('ZSCORE', KEYS[5], user .. '\0' .. id) then
      return false
    end
    session = new_session(record, id)
  end
  session[4] = math.max(session[4], keepalive)
  session[3] = math.max(session[3], NOW + lease(record, session))
  return true
end

local function send(record, id)
  for _, place in ipairs(record[5]) do
    if place[2] == id then
      place[6], place[7], place[8] = NOW - AGAIN, place[7] or false, place[8] or 0
    end
  end
end

-- Ids sort by when they were made, byte by byte; Lua's own order is the server's locale's.
local function is_newer(id, other)
  for at = 1, math.min(#id, #other) do
    local one, two = string.byte(id, at), string.byte(other, at)
    if one ~= two then
      return one > two
    end
  end
  return #id > #other
end

-- Of a session's audience places the newest stays: the end of the others was lost with the bucket.
local function keep_newest(record)
  local newest = {}
  local function counts(place)
    return place[5] == 0 and not place[7] and (place[6] or 0) == 0
  end
  for _, place in ipairs(record[5]) do
    local known = newest[place[2]]
    if counts(place) and (not known or is_newer(place[1], known)) then
      newest[place[2]] = place[1]
    end
  end
  for _, place in ipairs(record[5]) do
    if counts(place) and newest[place[2]] ~= place[1] then
      place[6], place[7], place[8] = NOW - AGAIN, false, 0
    end
  end
end

for _, seed in ipairs(unpack_(ARGV[6])) do
  local user = seed[1]
  local record = read(user)
  local absent = is_absent(record)
  for number = 2, #seed, 5 do
    local place, id = seed[number], seed[number + 1]
    if not holds(record, place) then
      record[5][#record[5] + 1] = {place, id, seed[number + 2], math.floor(NOW / 1000), seed[number + 3], 0, false, 0, 1}
    end
    if not vouch(user, record, id, seed[number + 4]) then
      send(record, id)
    end
  end
  keep_newest(record)
  write(user, record, absent)
end
turn()
return 1
