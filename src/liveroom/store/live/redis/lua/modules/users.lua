-- Users of a bucket: their sessions, and the rooms that these are in.
--
-- KEYS.users: user -> USER, packed. A record that was read has the id of an entry's session; a written one has the
--   session's number in the record instead, if it is there.
-- KEYS.wheel: second -> the users to look at then, each behind its length. KEYS.due: the seconds that the wheel has. A
--   sorted set of users would take 108 bytes a user, this takes 10. Whoever renews a lease stays where they are on the
--   wheel: they are found too early, and put on it again.
-- KEYS.absent: users who have presence entries only: they are not online.
-- KEYS.ended: `user NUL session` of ended sessions, by when they ended; `user NUL`: before when sessions of the
--   original are over.
-- ARGV.wait_*: for how long nothing is heard of sessions that send keepalives, of silent ones, of silent hosts; and how
--   long an audience entry lasts without evidence.
Users.WAIT_KEEPALIVE, Users.WAIT_AUDIENCE = tonumber(ARGV.wait_keepalive), tonumber(ARGV.wait_audience)
local WAIT_SILENT, WAIT_HOST = tonumber(ARGV.wait_silent), tonumber(ARGV.wait_host)
-- Before this nothing expires.
Users.held_until = tonumber(call('HGET', KEYS.facts, FACTS.held_until) or 0)
Users.NONE = {}
local on_wheel = {}

function Users.read(user)
  local raw = call('HGET', KEYS.users, user)
  if not raw then
    return USER{name = false, avatar = '', due = 0, sessions = {}, entries = {}}
  end
  local record = unpack_(raw)
  local sessions = record[USER.sessions]
  for _, entry in ipairs(record[USER.entries]) do
    if type(entry[ENTRY.session]) == 'number' then
      entry[ENTRY.session] = sessions[entry[ENTRY.session]][SESSION.id]
    end
  end
  return record
end

function Users.session_of(record, id)
  for number, session in ipairs(record[USER.sessions]) do
    if session[SESSION.id] == id then
      return session, number
    end
  end
end

-- Is this a session of the product that liveroom replaces? Their ids begin with a tilde.
function Users.is_original(id)
  return string.byte(id) == 126
end

-- Does an outside source vouch for the user? With `room`: for an entry there. With `least`: one of at least this
-- number, by what it sees of that very room.
function Users.is_vouched(record, room, least)
  for _, one in ipairs(record[USER.outside] or Users.NONE) do
    local is_about = not room or one[OUTSIDE.room] == room or (not least and one[OUTSIDE.room] == '')
    if one[OUTSIDE.vouches] == 1 and one[OUTSIDE.source] >= (least or 1) and is_about then
      return true
    end
  end
  return false
end

-- Is anything known of the user, though nothing vouches for them?
function Users.is_absent(record)
  local is_known = #record[USER.entries] > 0 or record[USER.outside] ~= nil
  return #record[USER.sessions] == 0 and is_known and not Users.is_vouched(record)
end

-- When the last lease of a session is over: that of its calls, or of a socket.
function Users.lasts_until(session)
  local at = session[SESSION.expires]
  for _, socket in ipairs(session[SESSION.sockets] or Users.NONE) do
    at = math.max(at, socket[SOCKET.expires])
  end
  return at
end

function Users.online_since(record)
  local first = record[USER.online_since]
  for _, session in ipairs(record[USER.sessions]) do
    if not first or session[SESSION.since] < first then
      first = session[SESSION.since]
    end
  end
  for _, one in ipairs(record[USER.outside] or Users.NONE) do
    if one[OUTSIDE.vouches] == 1 and (not first or one[OUTSIDE.since] < first) then
      first = one[OUTSIDE.since]
    end
  end
  return first
end

function Users.has_entry(record, id)
  for _, entry in ipairs(record[USER.entries]) do
    if entry[ENTRY.id] == id then
      return true
    end
  end
  return false
end

function Users.add_entry(record, entry)
  local entries = record[USER.entries]
  entries[#entries + 1] = entry
end

-- Let an entry end: since `going` it has been told to.
function Users.let_end(entry, going)
  entry[ENTRY.going] = going
  entry[ENTRY.replaced_by] = entry[ENTRY.replaced_by] or false
  entry[ENTRY.replaced_at] = entry[ENTRY.replaced_at] or 0
end

-- Let the entries that `former` has replaced count as replaced by another: they end when that one does.
function Users.pass_replaced(record, former, other)
  for _, entry in ipairs(record[USER.entries]) do
    if entry[ENTRY.replaced_by] == former then
      entry[ENTRY.replaced_by] = other
    end
  end
end

-- When something of this entry may be over (`domain.presence.entries` has the same).
function Users.next_look_at(record, entry)
  if (entry[ENTRY.going] or 0) > 0 then
    return entry[ENTRY.going] + PRESENCE.named_again
  end
  local at = entry[ENTRY.replaced_by] and entry[ENTRY.replaced_at] + PRESENCE.named_again or math.huge
  if entry[ENTRY.host] == 0 and not Users.is_vouched(record, entry[ENTRY.room], 2) then
    at = math.min(at, math.max(entry[ENTRY.entered] * 1000 + Users.WAIT_AUDIENCE, Users.held_until))
  end
  return at
end

-- When something of this user may be over.
local function next_look(record)
  local at = math.huge
  for _, session in ipairs(record[USER.sessions]) do
    at = math.min(at, math.max(Users.lasts_until(session), Users.held_until))
  end
  for _, entry in ipairs(record[USER.entries]) do
    at = math.min(at, Users.next_look_at(record, entry))
  end
  for _, one in ipairs(record[USER.outside] or Users.NONE) do
    at = math.min(at, math.max(one[OUTSIDE.expires], Users.held_until))
  end
  return at
end

-- Put the user on the wheel for their next look, unless they stand there for an earlier second.
local function schedule(user, record)
  local second = math.floor(math.max(next_look(record), NOW) / 1000)
  if second * 1000 > NOW + 300000 then
    second = math.floor(second / 16) * 16
  end
  if record[USER.due] == 0 or second < record[USER.due] then
    record[USER.due] = second
    on_wheel[second] = (on_wheel[second] or '') .. string.char(#user) .. user
  end
end

-- Leave out of an entry what says nothing, and name its session by number.
local function shorten(record, entry)
  if entry[ENTRY.going] == 0 and not entry[ENTRY.replaced_by] and entry[ENTRY.restored] ~= 1 then
    entry[ENTRY.going], entry[ENTRY.replaced_by], entry[ENTRY.replaced_at] = nil, nil, nil
  end
  local _, number = Users.session_of(record, entry[ENTRY.session])
  entry[ENTRY.session] = number or entry[ENTRY.session]
end

-- Write a record; `was_absent`: whether it was when it was read.
function Users.write(user, record, was_absent)
  local has_session = #record[USER.sessions] > 0
  if not has_session and #record[USER.entries] == 0 and not record[USER.outside] then
    call('HDEL', KEYS.users, user)
    if was_absent then
      call('SREM', KEYS.absent, user)
    end
    return
  end
  schedule(user, record)
  if not has_session and not Users.is_vouched(record) then
    record[USER.online_since] = nil
    if not was_absent then
      call('SADD', KEYS.absent, user)
    end
  elseif was_absent then
    call('SREM', KEYS.absent, user)
  end
  for _, entry in ipairs(record[USER.entries]) do
    shorten(record, entry)
  end
  if record[USER.outside] then
    record[USER.online_since] = record[USER.online_since] or false
  end
  call('HSET', KEYS.users, user, pack(record))
end

-- Write down who was put on the wheel: at the end of every script that writes records.
function Users.write_wheel()
  for second, users in pairs(on_wheel) do
    local field = whole(second)
    local known = call('HGET', KEYS.wheel, field)
    call('HSET', KEYS.wheel, field, (known or '') .. users)
    if not known then
      call('ZADD', KEYS.due, field, field)
    end
  end
end

function Users.has_ended(user, id, issued)
  if call('ZSCORE', KEYS.ended, user .. '\0' .. id) then
    return true
  end
  if not Users.is_original(id) then
    return false
  end
  local before = call('ZSCORE', KEYS.ended, user .. '\0')
  return before and issued < tonumber(before) or false
end

-- For how long a session is good after a call.
function Users.lease_of(record, session)
  if session[SESSION.keepalive] == 1 then
    return Users.WAIT_KEEPALIVE
  end
  for _, entry in ipairs(record[USER.entries]) do
    if entry[ENTRY.host] == 1 and entry[ENTRY.session] == session[SESSION.id] then
      return WAIT_HOST
    end
  end
  return WAIT_SILENT
end

function Users.new_session(record, id)
  local sessions, session = record[USER.sessions], SESSION{id = id, since = NOW, expires = 0, keepalive = 0}
  sessions[#sessions + 1] = session
  return session
end

-- Take a heartbeat. Returns the session, renewed, or nil when it has ended. `kind`: 0 a call, 1 a keepalive, 2 a call
-- by a socket, whose own lease counts; a session whose socket has lost that gets one lease until it is renewed.
function Users.heartbeat(user, record, id, kind, issued)
  local session = Users.session_of(record, id)
  if (Users.is_original(id) or not session) and Users.has_ended(user, id, issued) then
    return nil
  end
  session = session or Users.new_session(record, id)
  if Users.is_original(id) and (session[SESSION.issued] or 0) == 0 then
    session[SESSION.issued] = issued
  end
  if kind == 2 and Users.lasts_until(session) > NOW then
    return session
  end
  if kind > 0 then
    session[SESSION.keepalive] = 1
  end
  session[SESSION.expires] = NOW + Users.lease_of(record, session)
  return session
end

-- Take out the sessions for which `is_over` holds. Since when the user is online stays what it is.
function Users.end_sessions(record, is_over)
  local first, kept = Users.online_since(record), {}
  for _, session in ipairs(record[USER.sessions]) do
    if not is_over(session) then
      kept[#kept + 1] = session
    end
  end
  if #kept == #record[USER.sessions] then
    return
  end
  record[USER.sessions], record[USER.online_since] = kept, nil
  local oldest = Users.online_since(record)
  if oldest and first < oldest then
    record[USER.online_since] = first
  end
end

-- Forget sessions of a user that have ended, and those of the original that were issued before a time. Their entries go
-- when users are looked at next.
function Users.forget_sessions(user, ids, before)
  local record, over = Users.read(user), {}
  local absent = Users.is_absent(record)
  if #record[USER.sessions] == 0 and #record[USER.entries] == 0 then
    return
  end
  for _, id in ipairs(ids) do
    over[id] = true
  end
  Users.end_sessions(record, function(session)
    local id = session[SESSION.id]
    if before and Users.is_original(id) and (session[SESSION.issued] or 0) < before then
      over[id] = true
    end
    return over[id]
  end)
  for _, entry in ipairs(record[USER.entries]) do
    if over[entry[ENTRY.session]] then
      Users.let_end(entry, NOW - PRESENCE.named_again)
    end
  end
  Users.write(user, record, absent)
end

function Users.user_entry(user, entry)
  return USER_ENTRY{
    user = user, id = entry[ENTRY.id], session = entry[ENTRY.session], room = entry[ENTRY.room],
    host = entry[ENTRY.host],
  }
end
