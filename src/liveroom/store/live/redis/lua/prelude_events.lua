-- KEYS: 11 log, 12 gathered, 13 pending, 14 news (a channel). What a script does to the room is told through it.
--
-- The room's field l: 1 epoch, 2 seq, 3 offset, 4 when members were told of last, 5 how many events are gathered, 6 (1) if
--   somebody among those is not named, 7 until when all that is kept back at most (0: it is not), 8 the version that
--   the list has to show before; packed. log: the last publications (a list: a stream takes 4.7 KB however little is in
--   it). pending: rooms with something gathered, and when that is due. gathered: what waits to be told, each with a letter
--   before it: s(tate), m(ember: entered or left), p(rofile), a(nnounced, at the pace), o(ut: a user who left), c(rowd:
--   somebody came or left unnamed).
--
-- Where nobody listens nothing is told or kept. The room's field h: until when somebody may listen, or come back and ask
--   what was missed; 0: nobody has seen a position of this epoch, 1: somebody has. Before the first event that is not
--   told after a position was seen, a new epoch begins: whoever has that position is given a snapshot.
local PACE, HOLD, CROWD, SAMPLE, KEPT = 200, 2000, 500, 10, 500
local outgoing, named, urgent, listed, heard = {}, 0, false, false, nil

-- The head of a packed array of this length.
local function head(length)
  if length < 16 then
    return string.char(0x90 + length)
  end
  return string.char(0xdc, math.floor(length / 256), length % 256)
end

local function save_log(log)
  call('HSET', KEYS[2], 'l', pack(log))
end

-- Begin a new epoch, with nothing published or gathered; its name is that of this moment.
local function begin_epoch()
  call('DEL', KEYS[11], KEYS[12])
  call('ZREM', KEYS[13], ROOM)
  local epoch = string.sub(redis.sha1hex(table.concat(call('TIME'), ROOM)), 1, 8)
  call('HSET', KEYS[2], 'l', pack({epoch, 0, 0, 0, 0, 0, 0, 0}), 'h', '0')
end

-- Whether what this script does is to be told. A node knows who listens to its channels now.
local function is_heard(room)
  if heard ~= nil then
    return heard
  end
  local lasts = tonumber(room.heard) - NOW
  heard = lasts > HEARD / 2
  if not heard and call('PUBSUB', 'SHARDNUMSUB', KEYS[14])[2] > 0 then
    heard = true
    call('HSET', KEYS[2], 'h', whole(NOW + HEARD))
  end
  heard = heard or lasts > 0
  if not heard and room.heard ~= '0' then
    begin_epoch()
  end
  return heard
end

local function packed_event(room, kind, reason, member, about, counts)
  local log = room.log
  log[2] = log[2] + 1
  return pack({kind, log[2], NOW, reason or '', member or false, about or false, counts or false})
end

local function add(letter, event)
  outgoing[#outgoing + 1] = letter .. event
  named = named + 1
end

local function tell_room(room, kind, reason)
  if not is_heard(room) then
    return
  end
  local about = false
  if kind ~= 'room.closed' then
    about = picture(room)
    about[1], about[3] = unpack_(about[1]), room.version
    about[7] = about[7] and unpack_(about[7])
    listed = listed or kind ~= 'room.options_changed'
  end
  add('s', packed_event(room, kind, reason, false, about))
  urgent = true
end

local function tell_shown(room, was_hidden)
  if was_hidden and not room.hidden then
    tell_room(room, 'room.restored')
  elseif room.hidden and not was_hidden then
    tell_room(room, 'room.hidden')
  end
end

local function guest(user, member)
  return {user, member[3], member[4], shown(member)}
end

local function tell_role(room, user, member)
  if not is_heard(room) then
    return
  end
  add('s', packed_event(room, 'member.role_changed', '', guest(user, member)))
  urgent = true
end

-- In a crowd, and past a crowd of gathered events, nobody is named.
local function tell_member(room, kind, user, member, reason)
  if not is_heard(room) then
    return
  end
  local letter = kind == 'member.profile_changed' and 'p' or 'm'
  if room.log[5] + named < CROWD and call('HLEN', KEYS[3]) <= CROWD then
    add(letter, packed_event(room, kind, reason, guest(user, member)))
  elseif letter == 'm' then
    outgoing[#outgoing + 1] = 'c'
  end
  if kind == 'member.left' then
    outgoing[#outgoing + 1] = 'o' .. user
  end
end

local function counts(with_sample)
  local sample = {}
  local users = with_sample and call('ZRANGE', KEYS[4], -SAMPLE, -1) or {}
  for number, user in ipairs(users) do
    sample[number] = guest(user, read_member(user))
  end
  local members = call('HLEN', KEYS[3])
  return {members, members + call('SCARD', KEYS[6]), sample}
end

local function not_members(users)
  local out = {}
  for first = 1, #users, 1000 do
    local last = math.min(first + 999, #users)
    for number, member in ipairs(call('HMGET', KEYS[3], unpack(users, first, last))) do
      if not member then
        out[#out + 1] = users[first + number - 1]
      end
    end
  end
  return out
end

-- What was gathered and what this script tells: events, users who left, and which letters they have.
local function take(log)
  local entries = outgoing
  if log[5] > 0 or log[6] > 0 then
    entries = call('LRANGE', KEYS[12], 0, -1)
    for _, entry in ipairs(outgoing) do
      entries[#entries + 1] = entry
    end
    call('DEL', KEYS[12])
    call('ZREM', KEYS[13], ROOM)
    log[5], log[6], log[7], log[8] = 0, 0, 0, 0
  end
  outgoing, named = {}, 0
  local events, users, letters = {}, {}, {}
  for _, entry in ipairs(entries) do
    local letter, rest = string.sub(entry, 1, 1), string.sub(entry, 2)
    if letter == 'o' then
      if not users[rest] then
        users[rest], users[#users + 1] = true, rest
      end
    elseif letter ~= 'c' then
      events[#events + 1] = rest
    end
    letters[letter] = true
  end
  return events, users, letters
end

-- Publish all that, in one publication.
local function publish(room, closes)
  local log = room.log
  local events, users, letters = take(log)
  if letters.m or letters.p or letters.a or letters.c or letters.o then
    log[4] = NOW
  end
  if (letters.m or letters.c or letters.o) and not closes then
    events[#events + 1] = packed_event(room, 'room.counts', '', false, false, counts(letters.c))
  end
  log[3] = log[3] + 1
  local out = pack(not_members(users))
  local message = head(6) .. pack('p', log[1], log[3], NOW) .. head(#events) .. table.concat(events) .. out
  if call('RPUSH', KEYS[11], message) > KEPT then
    call('LPOP', KEYS[11])
  end
  call('SPUBLISH', KEYS[14], message)
end

local function gather(log, due)
  local waiting = {}
  if listed or (log[5] == 0 and log[6] == 0) then
    call('ZADD', KEYS[13], whole(due), ROOM)
  end
  for _, entry in ipairs(outgoing) do
    if entry ~= 'c' or log[6] == 0 then
      waiting[#waiting + 1] = entry
      log[6] = entry == 'c' and 1 or log[6]
    end
  end
  log[5] = log[5] + named
  if #waiting > 0 then
    call('RPUSH', KEYS[12], unpack(waiting))
  end
end

-- Whether what is gathered is kept back: the list has to show it first, which somebody is about to see to.
local function is_held(log)
  return log[7] > NOW and log[7] <= NOW + HOLD
end

-- At the end of a script that tells something: publish it, or gather it. Returns in how many ms what is gathered is due,
-- 0 when nothing is, or when it is kept back: it leaves with release_room.
local function send(room)
  if #outgoing == 0 then
    return 0
  end
  local log = room.log
  local wait = log[4] + PACE - NOW
  if listed then
    log[7], log[8] = is_held(log) and log[7] or NOW + HOLD, room.version
  end
  if is_held(log) then
    gather(log, log[7])
    wait = 0
  elseif urgent or wait <= 0 or wait > PACE then
    publish(room)
    wait = 0
  else
    gather(log, NOW + wait)
  end
  save_log(log)
  return wait
end

-- Tell the end of a room whose stays have ended; `ended`: user and member by turns, none for a crowd.
local function tell_closing(room, ended, reason)
  if not is_heard(room) then
    return
  end
  for number = 1, #ended, 2 do
    tell_member(room, 'member.left', ended[number], ended[number + 1], 'closed')
  end
  tell_room(room, 'room.closed', reason)
  publish(room, true)
end

-- Whoever follows the room is to compare positions.
local function tell_doubt()
  call('SPUBLISH', KEYS[14], pack({'d'}))
end
