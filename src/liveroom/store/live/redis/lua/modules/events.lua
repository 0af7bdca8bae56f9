-- The events of a room. Scripts emit what they do to it; `publish_or_gather` at their end sees to it that this is
-- heard.
--
-- KEYS.log: the last publications (a list: a stream takes 4.7 KB however little is in it). KEYS.news: the room's
-- channel.
-- KEYS.gathered: events that wait, each with a letter before it: s (the room's state), m (a member entered or left), p
--   (a profile changed), a (announced, at the room's pace), o (a user who left), c (somebody came or left who is not
--   named), g (where gifts stand that wait: the number of the first).
-- KEYS.pending: rooms with something gathered, and when that is due.
-- The room's field `log` (LOG) says where its events are.
--
-- Where nobody listens nothing is published or kept. The room's field `heard` says until when somebody may listen, or
--   come back and ask what was missed; 0: nobody has seen a position of this epoch, 1: somebody has. Before the first
--   event that is not published after a position was seen, a new epoch begins: whoever has that position is given a
--   snapshot.
-- What this script emits. `named`: how many events of that; `urgent`: it does not wait for the pace; `listed`: the list
-- has to show it first; `listens`: whether somebody listens, once that is known.
-- `presents`: gifts that wait (PRESENTS), while they are not in the room's field of that name.
Events.named, Events.urgent, Events.presents = 0, false, false
local emitted, listed, listens = {}, false, nil

-- How a packed array of this length begins.
local function array_head(length)
  if length < 16 then
    return string.char(0x90 + length)
  end
  return string.char(0xdc, math.floor(length / 256), length % 256)
end

function Events.save_log(log)
  call('HSET', KEYS.room, ROOM.log, pack(log))
end

-- Begin a new epoch, with nothing published or gathered. Its name is made of this moment.
function Events.begin_epoch()
  call('DEL', KEYS.log, KEYS.gathered)
  call('ZREM', KEYS.pending, Rooms.ID)
  local epoch = string.sub(redis.sha1hex(table.concat(call('TIME'), Rooms.ID)), 1, 8)
  local log = LOG{epoch = epoch, seq = 0, offset = 0, published = 0, gathered = 0, unnamed = 0, held = 0, shows = 0}
  call('HSET', KEYS.room, ROOM.log, pack(log), ROOM.heard, '0')
end

-- Whether what this script does is to be published. A Redis server knows who listens to its channels now.
function Events.is_heard(room)
  if listens ~= nil then
    return listens
  end
  local lasts = tonumber(room.heard) - NOW
  listens = lasts > EVENTS.listened_for / 2
  if not listens then
    local _, listeners = unpack(call('PUBSUB', 'SHARDNUMSUB', KEYS.news))
    if listeners > 0 then
      listens = true
      call('HSET', KEYS.room, ROOM.heard, whole(NOW + EVENTS.listened_for))
    end
  end
  listens = listens or lasts > 0
  if not listens and room.heard ~= '0' then
    Events.begin_epoch()
  end
  return listens
end

function Events.next_seq(room)
  local log = room.log
  log[LOG.seq] = log[LOG.seq] + 1
  return log[LOG.seq]
end

local function packed_event(room, kind, reason, member, summary, counts)
  return pack(EVENT{
    kind = kind, seq = Events.next_seq(room), at = NOW, reason = reason or '', member = member or false,
    room = summary or false, counts = counts or false,
  })
end

-- An event that carries data: JSON, or the record of its kind (`publications.py` says which).
function Events.announcement(room, kind, data, by, reason)
  return pack(EVENT{
    kind = kind, seq = Events.next_seq(room), at = NOW, reason = reason or '', member = false, room = false,
    counts = false, data = data, by = by,
  })
end

function Events.emit(letter, event)
  emitted[#emitted + 1] = letter .. event
  Events.named = Events.named + 1
end

function Events.emit_room(room, kind, reason)
  if not Events.is_heard(room) then
    return
  end
  local summary = false
  if kind ~= 'room.closed' then
    summary = Rooms.summary(room)
    summary[SUMMARY.fixed], summary[SUMMARY.version] = unpack_(summary[SUMMARY.fixed]), room.version
    summary[SUMMARY.options] = summary[SUMMARY.options] and unpack_(summary[SUMMARY.options])
    local is_in_room = string.find(kind, '^connection') or string.find(kind, '^battle') or string.find(kind, '^stream')
    listed = listed or not (kind == 'room.options_changed' or is_in_room)
  end
  Events.emit('s', packed_event(room, kind, reason, false, summary))
  Events.urgent = true
end

function Events.emit_visibility(room, was_hidden)
  if was_hidden and not room.hidden then
    Events.emit_room(room, 'room.restored')
  elseif room.hidden and not was_hidden then
    Events.emit_room(room, 'room.hidden')
  end
end

local function member_summary(user, member)
  return MEMBER_SUMMARY{
    user = user, name = member[MEMBER.name], avatar = member[MEMBER.avatar], role = Rooms.displayed_role(member),
  }
end

function Events.emit_role(room, user, member)
  if not Events.is_heard(room) then
    return
  end
  Events.emit('s', packed_event(room, 'member.role_changed', '', member_summary(user, member)))
  Events.urgent = true
end

-- In a crowd, and when a crowd of events is gathered, nobody is named.
function Events.emit_member(room, kind, user, member, reason)
  if not Events.is_heard(room) then
    return
  end
  local letter = kind == 'member.profile_changed' and 'p' or 'm'
  if room.log[LOG.gathered] + Events.named < EVENTS.crowd and call('HLEN', KEYS.members) <= EVENTS.crowd then
    Events.emit(letter, packed_event(room, kind, reason, member_summary(user, member)))
  elseif letter == 'm' then
    emitted[#emitted + 1] = 'c'
  end
  if kind == 'member.left' then
    emitted[#emitted + 1] = 'o' .. user
  end
end

local function room_counts(with_sample)
  local sample = {}
  local users = with_sample and call('ZRANGE', KEYS.order, -EVENTS.sample, -1) or {}
  for number, user in ipairs(users) do
    sample[number] = member_summary(user, Rooms.read_member(user))
  end
  local members = call('HLEN', KEYS.members)
  return COUNTS{members = members, joined = members + call('SCARD', KEYS.gone), sample = sample}
end

local function not_members(users)
  local out = {}
  for first = 1, #users, 1000 do
    local last = math.min(first + 999, #users)
    for number, member in ipairs(call('HMGET', KEYS.members, unpack(users, first, last))) do
      if not member then
        out[#out + 1] = users[first + number - 1]
      end
    end
  end
  return out
end

-- Note that gifts stand here, from the next number on.
function Events.place_gifts(log)
  emitted[#emitted + 1] = 'g' .. whole(log[LOG.seq] + 1)
  if log[LOG.gathered] + Events.named == 0 then
    Events.named = 1
  end
end

-- Return what was gathered with the gifts that wait, each in its place, and behind them how many more there are and what
-- was sent in all: none of them waits then.
function Events.with_gifts(entries)
  local is_place, first = {}, nil
  for number, entry in ipairs(entries) do
    if string.sub(entry, 1, 1) == 'g' then
      is_place[number], first = true, first or number
    end
  end
  if not first then
    return entries
  end
  local kept = not Events.presents and call('HGET', KEYS.room, ROOM.presents)
  local presents = Events.presents or (kept and unpack_(kept)) or PRESENTS{
    epoch = '', seq = 0, more = 0, more_coins = 0, totals = {}, waiting = {},
  }
  Events.presents = false
  call('HDEL', KEYS.room, ROOM.presents)
  local backwards, waiting = {}, presents[PRESENTS.waiting]

  local function put(kind, seq, at, data)
    backwards[#backwards + 1] = 'a' .. pack(EVENT{
      kind = kind, seq = seq, at = at, reason = '', member = false, room = false, counts = false, data = data, by = '',
    })
  end

  local function put_sums()
    local seq = presents[PRESENTS.seq]
    put('gift.totals', seq, NOW, presents[PRESENTS.totals])
    if presents[PRESENTS.more] > 0 then
      put('gift.more', seq - 1, NOW, MORE_GIFTS{count = presents[PRESENTS.more], coins = presents[PRESENTS.more_coins]})
    end
  end

  table.sort(waiting, function(one, other)
    return one[WAITING_GIFT.seq] < other[WAITING_GIFT.seq]
  end)
  local has_sums = presents[PRESENTS.seq] == 0
  for number = #entries, 1, -1 do
    if is_place[number] then
      if not has_sums then
        put_sums()
        has_sums = true
      end
      local from = tonumber(string.sub(entries[number], 2))
      while #waiting > 0 and waiting[#waiting][WAITING_GIFT.seq] >= from do
        local gift = table.remove(waiting)
        put('gift.sent', gift[WAITING_GIFT.seq], gift[WAITING_GIFT.at], gift[WAITING_GIFT.data])
      end
    else
      backwards[#backwards + 1] = entries[number]
    end
  end
  local found = {}
  for number = #backwards, 1, -1 do
    found[#found + 1] = backwards[number]
  end
  return found
end

-- Tell apart events and users who left, and say which letters there are.
local function sorted_out(entries)
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

-- Take what was gathered and what this script emits: events, users who left, and which letters they have.
local function take(log)
  local entries = emitted
  if log[LOG.gathered] > 0 or log[LOG.unnamed] > 0 then
    entries = call('LRANGE', KEYS.gathered, 0, -1)
    for _, entry in ipairs(emitted) do
      entries[#entries + 1] = entry
    end
    call('DEL', KEYS.gathered)
    call('ZREM', KEYS.pending, Rooms.ID)
    log[LOG.gathered], log[LOG.unnamed], log[LOG.held], log[LOG.shows] = 0, 0, 0, 0
  end
  emitted, Events.named = {}, 0
  local events, users, letters = sorted_out(entries)
  if letters.g then
    return sorted_out(Events.with_gifts(entries))
  end
  return events, users, letters
end

-- Publish all that, in one publication.
function Events.publish(room, closes)
  local log = room.log
  local events, users, letters = take(log)
  local has_members = letters.m or letters.c or letters.o
  if has_members or letters.p or letters.a then
    log[LOG.published] = NOW
  end
  if has_members and not closes then
    events[#events + 1] = packed_event(room, 'room.counts', '', false, false, room_counts(letters.c))
  end
  log[LOG.offset] = log[LOG.offset] + 1
  local out = pack(not_members(users))
  -- 'p', epoch, offset, time, events, users who left: an array of six. The events are packed already.
  local message = array_head(6) .. pack('p', log[LOG.epoch], log[LOG.offset], NOW)
    .. array_head(#events) .. table.concat(events) .. out
  if call('RPUSH', KEYS.log, message) > EVENTS.kept then
    call('LPOP', KEYS.log)
  end
  call('SPUBLISH', KEYS.news, message)
end

local function gather(log, due)
  local waiting = {}
  if listed or (log[LOG.gathered] == 0 and log[LOG.unnamed] == 0) then
    call('ZADD', KEYS.pending, whole(due), Rooms.ID)
  end
  for _, entry in ipairs(emitted) do
    if entry ~= 'c' or log[LOG.unnamed] == 0 then
      waiting[#waiting + 1] = entry
      log[LOG.unnamed] = entry == 'c' and 1 or log[LOG.unnamed]
    end
  end
  log[LOG.gathered] = log[LOG.gathered] + Events.named
  if #waiting > 0 then
    call('RPUSH', KEYS.gathered, unpack(waiting))
  end
end

-- Whether what is gathered is kept back: the list has to show it first, which somebody is about to see to.
function Events.is_held(log)
  return log[LOG.held] > NOW and log[LOG.held] <= NOW + EVENTS.hold
end

-- In how many ms what is gathered leaves, 0: now (`domain.events.pace` has the same).
function Events.leaves_in(log, urgent)
  if Events.is_held(log) then
    return log[LOG.held] - NOW
  end
  local wait = log[LOG.published] + EVENTS.pace - NOW
  return not urgent and wait > 0 and wait <= EVENTS.pace and wait or 0
end

-- At the end of a script that emits something: publish it, or gather it. Returns in how many ms what is gathered is
-- due; 0 when nothing is, or when it is kept back: it leaves with release_room.
function Events.publish_or_gather(room)
  if #emitted == 0 then
    return 0
  end
  local log = room.log
  if listed then
    log[LOG.held], log[LOG.shows] = Events.is_held(log) and log[LOG.held] or NOW + EVENTS.hold, room.version
  end
  local wait = Events.leaves_in(log, Events.urgent)
  if wait > 0 then
    gather(log, NOW + wait)
  else
    Events.publish(room)
  end
  Events.save_log(log)
  return Events.is_held(log) and 0 or wait
end

-- Publish the end of a room whose stays have ended. `ended`: user and member by turns; none of a crowd.
function Events.publish_closing(room, ended, reason)
  if not Events.is_heard(room) then
    return
  end
  for at = 1, #ended, 2 do
    Events.emit_member(room, 'member.left', ended[at], ended[at + 1], 'closed')
  end
  Events.emit_room(room, 'room.closed', reason)
  Events.publish(room, true)
end

-- Let whoever is subscribed to the room compare positions.
function Events.publish_doubt()
  call('SPUBLISH', KEYS.news, pack({'d'}))
end
