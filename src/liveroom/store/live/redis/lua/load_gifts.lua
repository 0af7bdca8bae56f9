-- uses: time claimed rooms
-- Fills a room with a part of what SQL knows of its gifts.
-- ARGV: senders, receivers: RANK, packed. pending: batches that are counted and may still be told, packed. told: such as
-- were told a moment ago, and that a process may be about to tell again, packed.
local totals = GIFT_TOTALS{
  coins = tonumber(ARGV.coins), gifts = tonumber(ARGV.gifts), senders = tonumber(ARGV.total_senders),
}
call('HSET', KEYS.room, ROOM.gifts, pack(totals))
for _, rank in ipairs(unpack_(ARGV.senders)) do
  call('ZADD', KEYS.senders, whole(rank[RANK.coins]), rank[RANK.user])
end
for _, rank in ipairs(unpack_(ARGV.receivers)) do
  call('ZADD', KEYS.receivers, whole(rank[RANK.coins]), rank[RANK.user])
end
for _, batch in ipairs(unpack_(ARGV.pending)) do
  call('ZADD', KEYS.told, 0, batch)
end
for _, batch in ipairs(unpack_(ARGV.told)) do
  call('ZADD', KEYS.told, whole(NOW), batch)
end
return 1
