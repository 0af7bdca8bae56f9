-- uses: time bucket verify users outside expiry
-- Looks at users who are due on the wheel, ends what is over, and names presence entries that are to end (USER_ENTRY,
-- packed). Returns nothing within a second of the last look.
-- ARGV: looks: at how many users at most. most: how many entries it names. gap: when nobody has looked for this long,
-- all are given another lease first. remembered: for how long ended sessions are.
local swept = tonumber(call('HGET', KEYS.facts, FACTS.swept) or 0)
if NOW - swept < 1000 then
  return false
end
if NOW - swept > tonumber(ARGV.gap) then
  Users.held_until = math.max(Users.held_until, NOW + Users.WAIT_KEEPALIVE)
  call('HSET', KEYS.facts, FACTS.held_until, whole(Users.held_until))
end
call('HSET', KEYS.facts, FACTS.swept, whole(NOW))
call('ZREMRANGEBYSCORE', KEYS.ended, '-inf', '(' .. whole(NOW - ARGV.remembered))
local held = NOW < Users.held_until
local found, most = {}, tonumber(ARGV.most)

-- Let outside sources expire. One of which nothing was heard for long vouches no more, but ends no stay: an entry that
-- it alone vouched for is given one lease, and an audience entry counts as made now. Returns the rooms of these.
local function expire_outside(record)
  local first = Users.online_since(record)
  local kept, silent, left = Outside.expire(record)
  Outside.put(record, kept, first)
  for _, entry in ipairs(record[USER.entries]) do
    local room = entry[ENTRY.room]
    if silent[room] or (left[room] and not Outside.has_left_media(record, room, entry[ENTRY.entered] * 1000)) then
      entry[ENTRY.entered] = math.floor(NOW / 1000)
    end
  end
  return silent
end

-- Give a lease to entries for which only an outside source vouched that is silent now.
local function give_leases(user, record, silent)
  for _, entry in ipairs(record[USER.entries]) do
    local room, id = entry[ENTRY.room], entry[ENTRY.session]
    local is_vouched = Users.session_of(record, id) or Users.is_vouched(record, room)
    local is_alone = (entry[ENTRY.going] or 0) == 0 and not is_vouched
    if is_alone and (silent[room] or silent['']) and not call('ZSCORE', KEYS.ended, user .. '\0' .. id) then
      local session = Users.new_session(record, id)
      session[SESSION.expires] = NOW + Users.lease_of(record, session)
    end
  end
end

local function drop_sockets(record)
  for _, session in ipairs(record[USER.sessions]) do
    local kept = {}
    for _, socket in ipairs(session[SESSION.sockets] or Users.NONE) do
      if socket[SOCKET.expires] > NOW then
        kept[#kept + 1] = socket
      end
    end
    if #kept > 0 then
      session[SESSION.sockets] = kept
    elseif session[SESSION.sockets] then
      local issued = Users.is_original(session[SESSION.id]) and session[SESSION.issued] or nil
      session[SESSION.issued], session[SESSION.sockets] = issued, nil
    end
  end
end

local function expire(user, record)
  local absent = Users.is_absent(record)
  if not held then
    Users.end_sessions(record, function(session) return Users.lasts_until(session) <= NOW end)
    drop_sockets(record)
    if record[USER.outside] then
      give_leases(user, record, expire_outside(record))
    end
  end
  for _, entry in ipairs(record[USER.entries]) do
    local spared = Expiry.decide(record, entry, held)
    if spared then
      Users.let_end(entry, NOW)
      local named = Users.user_entry(user, entry)
      named[USER_ENTRY.spared] = spared
      found[#found + 1] = named
    end
  end
  record[USER.due] = 0
  Users.write(user, record, absent)
end

-- Look at users of one second of the wheel; return at how many, and who is left of it.
local function look(second, users, looks)
  local at, seen = 1, 0
  while at <= #users and seen < looks and #found < most do
    local length = string.byte(users, at)
    local user = string.sub(users, at + 1, at + length)
    at, seen = at + 1 + length, seen + 1
    local record = Users.read(user)
    if record[USER.due] == second then
      expire(user, record)
    end
  end
  return seen, string.sub(users, at)
end

local left = tonumber(ARGV.looks)
while left > 0 and #found < most do
  local field = unpack(call('ZRANGEBYSCORE', KEYS.due, '-inf', whole(math.floor(NOW / 1000)), 'LIMIT', 0, 1))
  if not field then
    break
  end
  local seen, rest = look(tonumber(field), call('HGET', KEYS.wheel, field) or '', left)
  left = left - math.max(seen, 1)
  if rest == '' then
    call('HDEL', KEYS.wheel, field)
    call('ZREM', KEYS.due, field)
  else
    call('HSET', KEYS.wheel, field, rest)
  end
end
Users.write_wheel()
return pack(found)
