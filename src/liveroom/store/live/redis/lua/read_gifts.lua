-- uses: bucket
-- Returns nothing when the tenant has no such room; else what was sent in its broadcast (GIFT_TOTALS, packed, or
-- nothing), and by turns users and their coins: of those who have sent the most, and of those who were sent the most.
local packed, closing, gifts = unpack(call('HMGET', KEYS.room, ROOM.fixed, ROOM.closing, ROOM.gifts))
if not packed or closing or unpack_(packed)[FIXED.tenant] ~= ARGV.tenant then
  return false
end
local senders, receivers = tonumber(ARGV.senders), tonumber(ARGV.receivers)
return {
  gifts,
  senders > 0 and call('ZREVRANGE', KEYS.senders, 0, senders - 1, 'WITHSCORES') or {},
  receivers > 0 and call('ZREVRANGE', KEYS.receivers, 0, receivers - 1, 'WITHSCORES') or {},
}
