-- uses: time awaited bucket rooms events talk pace heat
-- Says a message in a room. Returns 'none', 'out', 'rank', 'silence', 'gone' (what it answers), 'behind', {'fresh',
-- broadcast} (SQL is to be asked first), {'muted', until}, {'follow', owner} (whom they have to follow), {'often', ms}, {'slow', ms} (it is slow mode), {'again',
-- number, message or nothing}, or {'said', number, message, in how many ms what was gathered is due}.
-- ARGV: user (''): the operator. follows: whom they are known to follow (''): nobody. id: of the message, so that it is said once. data: JSON or ''. admin (1). least_rank:
-- from which on somebody speaks up. size: how many bytes of JSON its event takes without the speaker's name and
-- picture. most_of_one: how many one member may say in ten seconds (0: any). most_of_room: how many may be said in a
-- second. most_waiting: how many may wait for SQL. warms: what a member's message adds to the
-- room's heat; half_life: of heat. links: what it answers and mentions (LINKS, packed), if it does.
-- KEYS.speaker: what is remembered of them (SPEAKER, packed).
local user, high = ARGV.user, ARGV.priority == 'high'
local room, member = Rooms.read(), nil
if not room or room.closing or room.tenant ~= ARGV.tenant then
  return 'none'
end
if user ~= '' then
  member = Rooms.read_member(user)
  if not member then
    return 'out'
  end
end
local talk = Talk.read()
if not talk then
  return {'fresh', room.broadcast}
end

local function read_speaker()
  local raw = call('GET', KEYS.speaker)
  local speaker = raw and unpack_(raw) or SPEAKER{broadcast = room.broadcast, last = 0, times = {}, ids = {}}
  if speaker[SPEAKER.broadcast] ~= room.broadcast then
    speaker[SPEAKER.broadcast], speaker[SPEAKER.ids] = room.broadcast, {}
  end
  return speaker
end

local options = member and room.options and unpack_(room.options)
local access = options and options[OPTIONS.guarded] == 1 and Rooms.access_of(user)

-- As `domain.rooms.permissions` ranks them: of the hosts, those whom the owner has appointed.
local function rank()
  if user == room.owner then
    return 4
  elseif Rooms.is_moderator(member) then
    return 3
  end
  return member[MEMBER.role] > 0 and access and access[ACCESS.role] == 1 and 2 or 0
end

local speaker = read_speaker()
local ids = speaker[SPEAKER.ids]
for at = 1, #ids, 2 do
  if ids[at] == ARGV.id then
    local number = whole(ids[at + 1])
    local message = unpack(call('ZRANGEBYSCORE', KEYS.said, number, number))
    return {'again', number, message or false}
  end
end
local speaks_up = not member or ARGV.admin == '1' or rank() >= tonumber(ARGV.least_rank)
if high and not speaks_up then
  return 'rank'
end
local slow = 0
if options then
  if access and access[ACCESS.banned_until] > NOW and user ~= room.owner and user ~= room.holder then
    return 'out' -- they are about to be evicted
  elseif access and access[ACCESS.muted_until] > NOW then
    return {'muted', whole(access[ACCESS.muted_until])}
  elseif not speaks_up then
    if options[OPTIONS.muted] == 1 then
      return 'silence'
    end
    if options[OPTIONS.followers_chat] == 1 and (member[MEMBER.seat] or 0) == 0 and ARGV.follows ~= room.owner then
      return {'follow', room.owner}
    end
    slow = options[OPTIONS.slow]
  end
end

local links = ARG.links < ARG.waits_until and unpack_(ARGV[ARG.links])
if links and links[LINKS.reply_to] > 0 then
  local quote = links[LINKS.quote]
  if not quote or quote[QUOTE.broadcast] ~= room.broadcast or Talk.is_recalled(links[LINKS.reply_to]) then
    return 'gone'
  end
end

-- Those of the users mentioned who are in the room; nothing for nobody.
local function mentioned()
  local present = {}
  for _, one in ipairs(links[LINKS.mentions]) do
    if call('HEXISTS', KEYS.members, one) == 1 then
      present[#present + 1] = one
    end
  end
  return #present > 0 and present or nil
end

local wait, slowed = 0, false
if member then
  wait, slowed = Pace.wait_of_speaker(speaker, tonumber(ARGV.most_of_one), slow)
end
if wait > 0 then
  return {slowed and 'slow' or 'often', wait}
end
local number = math.max(talk[TALK.last] + 1, NOW)
local row = MESSAGE{
  room = Rooms.ID, tenant = room.tenant, broadcast = room.broadcast, number = number, at = NOW, user = user,
  name = member and member[MEMBER.name] or '', avatar = member and member[MEMBER.avatar] or '',
  role = member and Rooms.displayed_role(member) or -1, type = ARGV.type, priority = ARGV.priority, text = ARGV.text,
  data = ARGV.data, recalled = 0, recalled_by = '',
}
if links then
  row[MESSAGE.reply_to], row[MESSAGE.mentions] = links[LINKS.reply_to], mentioned()
end
local size = tonumber(ARGV.size) + #row[MESSAGE.name] + #row[MESSAGE.avatar]
wait = Pace.wait_of_room(talk, ARGV.priority, size, tonumber(ARGV.most_of_room))
if wait > 0 then
  return {'often', wait}
elseif call('XLEN', KEYS.talk) >= tonumber(ARGV.most_waiting) then
  return 'behind'
end

local function keep(packed)
  talk[TALK.last] = number
  Pace.count(talk, ARGV.priority, size)
  call('ZADD', KEYS.said, whole(number), packed)
  if call('ZCARD', KEYS.said) > MESSAGES.kept then
    call('ZREMRANGEBYRANK', KEYS.said, 0, -MESSAGES.kept - 1)
    talk[TALK.older] = 1
  end
  call('XADD', KEYS.talk, '*', 'm', packed)
  if not member then
    call('HSET', KEYS.room, ROOM.talk, pack(talk))
    return
  end
  room.cools = Heat.warmed(room.cools, tonumber(ARGV.warms), tonumber(ARGV.half_life))
  call('HSET', KEYS.room, ROOM.talk, pack(talk), ROOM.heat, Heat.text(room.cools))
end

local function remember()
  local times = speaker[SPEAKER.times]
  speaker[SPEAKER.last], times[#times + 1] = NOW, NOW
  ids[#ids + 1], ids[#ids + 2] = ARGV.id, number
  if #ids > 2 * MESSAGES.keys_kept then
    table.remove(ids, 1)
    table.remove(ids, 1)
  end
  call('SET', KEYS.speaker, pack(speaker), 'PX', whole(math.max(MESSAGES.remembered, slow)))
end

local packed = pack(row)
keep(packed)
remember()
local quote = links and links[LINKS.quote] or nil
Talk.emit(room, high and 's' or 'a', member and 'message.sent' or 'room.notice', row, ARGV.key, user, quote)
Events.urgent = high
return {'said', whole(number), packed, Events.publish_or_gather(room)}
