-- uses: time awaited bucket rooms events
-- Counts a batch of gifts of a room and tells it of them, once. Returns nothing when the broadcast does not run, else in
-- how many ms what was gathered is due, and all coins, gifts and senders of the broadcast.
-- ARGV: batch: its id. gifts: GIFT, packed. forget: batches that nobody tells any more, packed. late (1): these gifts
-- count, and are not told.
--
-- KEYS.senders, KEYS.receivers: users by the coins that they have sent, and that they were sent.
-- KEYS.told: batches: 0 of one that was counted while the bucket was rebuilt, and not told yet; 1: counted and told;
-- else since when nobody should tell it any more.
local room = Rooms.read()
if not room or room.closing or room.tenant ~= ARGV.tenant or room.broadcast ~= ARGV.broadcast then
  return false
end
local forget = unpack_(ARGV.forget)
for _, batch in ipairs(forget) do
  call('ZADD', KEYS.told, 'XX', whole(NOW), batch)
end
if #forget > 0 then
  call('ZREMRANGEBYSCORE', KEYS.told, 2, whole(NOW - GIFTS.remembered))
end
local mark, kept = call('ZSCORE', KEYS.told, ARGV.batch), call('HGET', KEYS.room, ROOM.gifts)
local totals = kept and unpack_(kept) or GIFT_TOTALS{coins = 0, gifts = 0, senders = 0}

local function answer(due)
  return {due, totals[GIFT_TOTALS.coins], totals[GIFT_TOTALS.gifts], totals[GIFT_TOTALS.senders]}
end

if mark and mark ~= '0' then
  return answer(0)
end
local gifts = unpack_(ARGV.gifts)

local function count()
  local sent, received, coins, number = {}, {}, 0, 0
  for _, gift in ipairs(gifts) do
    local cost, sender, receiver = gift[GIFT.coins], gift[GIFT.sender], gift[GIFT.receiver]
    sent[sender], received[receiver] = (sent[sender] or 0) + cost, (received[receiver] or 0) + cost
    coins, number = coins + cost, number + gift[GIFT.count]
  end
  for user, cost in pairs(sent) do
    call('ZINCRBY', KEYS.senders, whole(cost), user)
  end
  for user, cost in pairs(received) do
    call('ZINCRBY', KEYS.receivers, whole(cost), user)
  end
  totals = GIFT_TOTALS{
    coins = totals[GIFT_TOTALS.coins] + coins, gifts = totals[GIFT_TOTALS.gifts] + number,
    senders = call('ZCARD', KEYS.senders),
  }
  call('HSET', KEYS.room, ROOM.gifts, pack(totals))
end

if not mark then
  count()
end
call('ZADD', KEYS.told, 1, ARGV.batch)
if not Events.is_heard(room) then
  return answer(0)
end
local log = room.log

local function read_presents()
  local packed = log[LOG.gathered] > 0 and call('HGET', KEYS.room, ROOM.presents)
  local presents = packed and unpack_(packed)
  if presents and presents[PRESENTS.epoch] == log[LOG.epoch] then
    return presents
  end
  return PRESENTS{epoch = log[LOG.epoch], seq = 0, more = 0, more_coins = 0, totals = {}, waiting = {}}
end

local function is_dearer(one, other)
  if one[WAITING_GIFT.coins] == other[WAITING_GIFT.coins] then
    return one[WAITING_GIFT.seq] > other[WAITING_GIFT.seq]
  end
  return one[WAITING_GIFT.coins] > other[WAITING_GIFT.coins]
end

-- Keep the dearest of those that wait, of equals the later; count the others.
local function leave_out(presents)
  local waiting = presents[PRESENTS.waiting]
  if #waiting <= GIFTS.dearest then
    return
  end
  table.sort(waiting, is_dearer)
  for number = #waiting, GIFTS.dearest + 1, -1 do
    local gift = waiting[number]
    presents[PRESENTS.more] = presents[PRESENTS.more] + gift[WAITING_GIFT.number]
    presents[PRESENTS.more_coins] = presents[PRESENTS.more_coins] + gift[WAITING_GIFT.coins]
    waiting[number] = nil
  end
end

local presents = read_presents()
local waiting, placed = presents[PRESENTS.waiting], false
for _, gift in ipairs(ARGV.late == '1' and {} or gifts) do
  if gift[GIFT.urgent] == 1 then
    Events.emit('s', Events.announcement(room, 'gift.sent', gift[GIFT.data], ''))
    Events.urgent, placed = true, false
  else
    if not placed then
      Events.place_gifts(log)
      placed = true
    end
    waiting[#waiting + 1] = WAITING_GIFT{
      seq = Events.next_seq(room), at = NOW, coins = gift[GIFT.coins], number = gift[GIFT.count], data = gift[GIFT.data],
    }
  end
end
if not placed then
  Events.place_gifts(log)
end
log[LOG.seq] = log[LOG.seq] + 2
presents[PRESENTS.seq], presents[PRESENTS.totals] = log[LOG.seq], totals
leave_out(presents)
Events.presents = presents
local due = Events.publish_or_gather(room)
if Events.presents then
  call('HSET', KEYS.room, ROOM.presents, pack(presents))
end
return answer(due)
