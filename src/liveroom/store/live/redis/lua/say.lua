-- uses: time awaited common room events talk
-- KEYS: 17 the speaker: {broadcast, when they wrote last, {when, ...}, {id, number, id, number, ...}}; packed.
-- ARGV: 3 tenant, 4 user ('': the operator), 5 id, 6 type, 7 priority, 8 text, 9 data (JSON or ''), 10 key, 11 admin, 12 the
-- least rank that speaks up, 13 how many one member may say in EACH (0: any), 14 how many a room may in a second, 15 how many
-- may wait for SQL.
-- Returns 'none', 'out', 'rank', 'silence', 'behind', {'fresh', broadcast} (SQL is to be asked first), {'muted', until},
-- {'often', ms}, {'slow', ms} (it is slow mode), {'again', number, message or nothing}, or {'said', number, message, in how many ms what was gathered is
-- due}. The numbers are those of `domain.messages`.
local EACH, SECOND, HIGH, HIGH_BYTES, CROWD_BYTES = 10000, 1000, 20, 16384, 49152
local NEWEST, KEYS_KEPT, REMEMBERED = 200, 8, 600000
local user, high, low = ARGV[4], ARGV[7] == 'high', ARGV[7] == 'low'
local room, member = read_room(), nil
if not room or room.closing or room.tenant ~= ARGV[3] then
  return 'none'
end
if user ~= '' then
  member = read_member(user)
  if not member then
    return 'out'
  end
end
local talk = read_talk()
if not talk then
  return {'fresh', room.broadcast}
end

local function read_speaker()
  local raw = call('GET', KEYS[17])
  local speaker = raw and unpack_(raw) or {room.broadcast, 0, {}, {}}
  if speaker[1] ~= room.broadcast then
    speaker[1], speaker[4] = room.broadcast, {}
  end
  return speaker
end

local options = member and room.options and unpack_(room.options)
local known = options and options[9] == 1 and standing(user)

-- As `domain.permissions` ranks them: of the hosts, those whom the owner has appointed.
local function rank()
  if user == room.owner then
    return 4
  elseif is_moderator(member) then
    return 3
  end
  return member[1] > 0 and known and known[1] == 1 and 2 or 0
end

local speaker = read_speaker()
for number = 1, #speaker[4], 2 do
  if speaker[4][number] == ARGV[5] then
    local known = whole(speaker[4][number + 1])
    return {'again', known, call('ZRANGEBYSCORE', KEYS[15], known, known)[1] or false}
  end
end
local speaks_up = not member or ARGV[11] == '1' or rank() >= tonumber(ARGV[12])
if high and not speaks_up then
  return 'rank'
end
local slow = 0
if options then
  if known and known[2] > NOW and user ~= room.owner and user ~= room.holder then
    return 'out' -- about to be put out
  elseif known and known[3] > NOW then
    return {'muted', whole(known[3])}
  elseif not speaks_up then
    if options[7] == 1 then
      return 'silence'
    end
    slow = options[6]
  end
end

-- In how many ms the speaker may write again, and if it is slow mode that makes them wait so long.
local function wait_of_speaker(most)
  local recent, wait = {}, 0
  for _, at in ipairs(speaker[3]) do
    if at <= NOW and at > NOW - EACH then
      recent[#recent + 1] = at
    end
  end
  speaker[3] = recent
  if most > 0 and #recent >= most then
    wait = recent[#recent - most + 1] + EACH - NOW
  end
  local held = math.min(speaker[2] + slow - NOW, slow)
  return math.max(wait, held), slow > 0 and held >= wait
end

-- In how many ms the room takes a message of this size again.
local function wait_of_room(size, most)
  if NOW < talk[3] or NOW >= talk[3] + SECOND then
    talk[3], talk[4], talk[5], talk[6], talk[7] = NOW, 0, 0, 0, 0
  end
  local count, bytes = talk[4], CROWD_BYTES
  if high then
    count, most, bytes = talk[6], HIGH, HIGH_BYTES
  elseif low then
    most, bytes = math.ceil(most / 2), bytes / 2
  end
  local full = count >= most or (high and talk[7] or talk[5]) + size > bytes
  return full and talk[3] + SECOND - NOW or 0
end

local wait, slowed = 0, false
if member then
  wait, slowed = wait_of_speaker(tonumber(ARGV[13]))
end
if wait > 0 then
  return {slowed and 'slow' or 'often', wait}
end
local number = math.max(talk[1] + 1, NOW)
local row = {
  ROOM, room.tenant, room.broadcast, number, NOW, user, member and member[3] or '', member and member[4] or '',
  member and shown(member) or -1, ARGV[6], ARGV[7], ARGV[8], ARGV[9], 0, '',
}
local json = said_as_json(row, ARGV[10])
wait = wait_of_room(#json, tonumber(ARGV[14]))
if wait > 0 then
  return {'often', wait}
elseif call('XLEN', KEYS[16]) >= tonumber(ARGV[15]) then
  return 'behind'
end

local function keep(packed)
  talk[1] = number
  if high then
    talk[6], talk[7] = talk[6] + 1, talk[7] + #json
  else
    talk[4], talk[5] = talk[4] + 1, talk[5] + #json
  end
  call('ZADD', KEYS[15], whole(number), packed)
  if call('ZCARD', KEYS[15]) > NEWEST then
    call('ZREMRANGEBYRANK', KEYS[15], 0, -NEWEST - 1)
    talk[2] = 1
  end
  call('XADD', KEYS[16], '*', 'm', packed)
  call('HSET', KEYS[2], 't', pack(talk))
end

local function remember()
  local times, ids = speaker[3], speaker[4]
  speaker[2], times[#times + 1] = NOW, NOW
  ids[#ids + 1], ids[#ids + 2] = ARGV[5], number
  if #ids > 2 * KEYS_KEPT then
    table.remove(ids, 1)
    table.remove(ids, 1)
  end
  call('SET', KEYS[17], pack(speaker), 'PX', whole(math.max(REMEMBERED, slow)))
end

local packed = pack(row)
keep(packed)
remember()
tell_talk(room, high and 's' or 'a', member and 'message.sent' or 'room.notice', json, user)
urgent = high
return {'said', whole(number), packed, send(room)}
