-- uses: time awaited common room events
-- KEYS: 15 likers, 16 liked. ARGV: 3 tenant, 4 token of this write, 5 the turn that the writer has (0: none), 6 likes {user,
-- batch ('': none), count}, packed, 7 least time between two turns, 8 between two writes, 9 how far ahead turns are given,
-- 10 the window, 11 likes of a user in it, 12 how many batches of a user are remembered, 13 the most that is told.
-- Returns nothing when the tenant has no such room, {0, turn, in how many ms that is} when it is not the writer's turn,
-- {-1} when that would be too far away, else {1, the writer's next turn (0: none), in how many ms that is, in how many ms
-- what was gathered is due, likes of the broadcast, a letter for each like ('': all are counted)}.
--
-- likers: user -> 1 when the window began, 2 likes in it, 3 the last batches, 8 letters each; packed. liked: broadcast ->
-- its likes, which SQL may not know, and its room. The room's field y: 1 when likes were written last, 2 the first turn
-- that nobody has, 3 tokens of the last writes and what they answered, by turns; packed.
-- LASTS: for how many seconds nobody may like before likers are forgotten; a release that knows of no likes may close the room.
local WRITES, NAME, LASTS = 20, 8, 86400
local room = read_room()
if not room or room.closing or room.tenant ~= ARGV[3] then
  return false
end
local step, least, longest = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local kept = call('HGET', KEYS[2], 'y')
local last, free, tokens = unpack(kept and unpack_(kept) or {0, 0, {}})
if last > NOW then
  last, free = 0, 0 -- the server that had the bucket was ahead
end

local function save()
  call('HSET', KEYS[2], 'y', pack({last, free, tokens}))
end

-- The writer's next turn, and in how many ms it is. One that lets its turn pass has none.
local function next_turn()
  local turn = math.max(free, NOW + step)
  if turn - NOW > longest then
    return 0, step
  end
  free = turn + step
  return turn, turn - NOW
end

-- A script whose answer was lost runs again: it counts nothing, and answers the same.
for number = 1, #tokens, 2 do
  if tokens[number] == ARGV[4] then
    local turn, wait = next_turn()
    save()
    return {1, whole(turn), wait, 0, whole(room.likes), tokens[number + 1]}
  end
end

local turn = tonumber(ARGV[5])
if turn + step <= NOW or turn > NOW + longest + step then
  turn = math.max(free, NOW)
end
turn = math.max(turn, last + least)
if turn > NOW then
  if turn - NOW > longest then
    return {-1}
  end
  free = math.max(free, turn + step)
  save()
  return {0, whole(turn), turn - NOW}
end

local window, most, remembered = tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
local likers, added = {}, 0

local function has_counted(batches, batch)
  for first = 1, #batches, NAME do
    if string.sub(batches, first, first + NAME - 1) == batch then
      return true
    end
  end
  return false
end

local function count(user, batch, likes)
  if call('HEXISTS', KEYS[3], user) == 0 then
    return 'm'
  end
  local raw = not likers[user] and call('HGET', KEYS[15], user)
  local liker = likers[user] or (raw and unpack_(raw)) or {NOW, 0, ''}
  if batch ~= '' and has_counted(liker[3], batch) then
    return '1'
  end
  if NOW - liker[1] >= window or liker[1] > NOW then
    liker[1], liker[2] = NOW, 0
  end
  if liker[2] + likes > most then
    return 'r'
  end
  liker[2], liker[3] = liker[2] + likes, string.sub(liker[3] .. batch, -remembered * NAME)
  likers[user], added = liker, added + likes
  return '1'
end

local verdicts, all = {}, true
for number, like in ipairs(unpack_(ARGV[6])) do
  verdicts[number] = count(unpack(like))
  all = all and verdicts[number] == '1'
end
for user, liker in pairs(likers) do
  call('HSET', KEYS[15], user, pack(liker))
end
if added > 0 then
  call('EXPIRE', KEYS[15], LASTS)
end
local said = all and '' or table.concat(verdicts)
tokens[#tokens + 1], tokens[#tokens + 2] = ARGV[4], said
if #tokens > 2 * WRITES then
  table.remove(tokens, 1)
  table.remove(tokens, 1)
end
last = NOW
local following, wait = next_turn()
save()
local due = 0
if added > 0 then
  room.likes = room.likes + added
  call('HSET', KEYS[2], 'z', whole(room.likes))
  call('HSET', KEYS[16], room.broadcast, whole(room.likes) .. ' ' .. ROOM)
  if is_heard(room) and room.log[5] < CROWD then
    room.log[2] = room.log[2] + 1
    local data = string.format('{"likes":%.0f,"added":%.0f}', math.min(room.likes, ARGV[13]), added)
    add('a', pack({'room.likes', room.log[2], NOW, '', false, false, false, data, ''}))
    due = send(room)
  end
end
return {1, whole(following), wait, due, whole(room.likes), said}
