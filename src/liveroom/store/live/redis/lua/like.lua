-- uses: time awaited bucket rooms events liking heat
-- Counts likes of a room. Returns nothing when the tenant has no such room, {0, turn, in how many ms that is} when it
-- is not the writer's turn, {-1} when that would be too far away, else {1, the writer's next turn (0: none), in how
-- many ms that is, in how many ms what was gathered is due, likes of the broadcast, a letter for each like ('': all are
-- counted)}.
-- ARGV: token: of this write. turn: the one that the writer has (0: none). likes: LIKE, packed. warms: what one adds to
-- the room's heat. half_life: of heat.
--
-- KEYS.likers: user -> LIKER, packed. KEYS.liked: broadcast -> its likes, which SQL may not know, and its room. The
-- room's field `liking` (LIKING) says who may write when.
-- LASTS: for how many seconds nobody may like before likers are forgotten; a release that knows of no likes may close
-- the room.
local WRITES, NAME, LASTS = 20, 8, 86400
local room = Rooms.read()
if not room or room.closing or room.tenant ~= ARGV.tenant then
  return false
end
local kept = call('HGET', KEYS.room, ROOM.liking)
local liking = kept and unpack_(kept) or LIKING{last = 0, free = 0, tokens = {}}
Liking.correct(liking)
local tokens = liking[LIKING.tokens]

local function save()
  call('HSET', KEYS.room, ROOM.liking, pack(liking))
end

-- A script whose answer was lost runs again: it counts nothing, and answers the same.
for at = 1, #tokens, 2 do
  if tokens[at] == ARGV.token then
    local turn, wait = Liking.next_turn(liking)
    save()
    return {1, whole(turn), wait, 0, whole(room.likes), tokens[at + 1]}
  end
end

local turn = Liking.ask(liking, tonumber(ARGV.turn))
if not turn then
  return {-1}
elseif turn > NOW then
  save()
  return {0, whole(turn), turn - NOW}
end

local likers, added, in_battle = {}, 0, 0
local running = Rooms.running_battle(room)
if running and running[ROOM_BATTLE.ends] <= NOW then
  running = nil
end

local function has_counted(batches, batch)
  for first = 1, #batches, NAME do
    if string.sub(batches, first, first + NAME - 1) == batch then
      return true
    end
  end
  return false
end

local function liker_of(user)
  local raw = not likers[user] and call('HGET', KEYS.likers, user)
  return likers[user] or (raw and unpack_(raw)) or LIKER{began = NOW, likes = 0, batches = '', battle = '', counted = 0}
end

-- Of the likes of one user, no more than the battle's limit count there.
local function count_in_battle(liker, likes)
  if not running then
    return
  end
  local id = running[ROOM_BATTLE.id]
  local counted = liker[LIKER.battle] == id and liker[LIKER.counted] or 0
  local more = math.max(0, math.min(likes, running[ROOM_BATTLE.likes_max] - counted))
  liker[LIKER.battle], liker[LIKER.counted] = id, counted + more
  in_battle = in_battle + more
end

-- Count likes of one user. Returns 1, or why they do not count: m (no member), r (too many).
local function count(user, batch, likes)
  if call('HEXISTS', KEYS.members, user) == 0 then
    return 'm'
  end
  local liker = liker_of(user)
  local batches = liker[LIKER.batches]
  if batch ~= '' and has_counted(batches, batch) then
    return '1'
  end
  if not Liking.count(liker, likes) then
    return 'r'
  end
  liker[LIKER.batches] = string.sub(batches .. batch, -LIKES.remembered * NAME)
  count_in_battle(liker, likes)
  likers[user], added = liker, added + likes
  return '1'
end

local verdicts, all = {}, true
for number, like in ipairs(unpack_(ARGV.likes)) do
  verdicts[number] = count(like[LIKE.user], like[LIKE.batch], like[LIKE.likes])
  all = all and verdicts[number] == '1'
end
for user, liker in pairs(likers) do
  call('HSET', KEYS.likers, user, pack(liker))
end
if added > 0 then
  call('EXPIRE', KEYS.likers, LASTS)
end
local answered = all and '' or table.concat(verdicts)
tokens[#tokens + 1], tokens[#tokens + 2] = ARGV.token, answered
if #tokens > 2 * WRITES then
  table.remove(tokens, 1)
  table.remove(tokens, 1)
end
liking[LIKING.last] = NOW
local following, wait = Liking.next_turn(liking)
save()
local due = 0
if in_battle > 0 then
  local battle = Rooms.read_battle(running[ROOM_BATTLE.id])
  battle[BATTLE.likes] = battle[BATTLE.likes] + in_battle
  call('HSET', KEYS.room, ROOM.battle, pack(battle))
end
if added > 0 then
  room.likes = room.likes + added
  room.cools = Heat.warmed(room.cools, ARGV.warms * added, tonumber(ARGV.half_life))
  call('HSET', KEYS.room, ROOM.likes, whole(room.likes), ROOM.heat, Heat.text(room.cools))
  call('HSET', KEYS.liked, room.broadcast, whole(room.likes) .. ' ' .. Rooms.ID)
  if Events.is_heard(room) and room.log[LOG.gathered] < EVENTS.crowd then
    local data = LIKES_EVENT{likes = room.likes, added = added}
    Events.emit('a', Events.announcement(room, 'room.likes', data, ''))
    due = Events.publish_or_gather(room)
  end
end
return {1, whole(following), wait, due, whole(room.likes), answered}
