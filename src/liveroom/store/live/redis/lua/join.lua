-- uses: time awaited bucket verify channels
-- Subscribes a member to their room. Returns 'none' (the tenant has no such room), 'out' (they are no member), or the
-- room's log (LOG, packed).
local packed, closing, log = unpack(call('HMGET', KEYS.room, ROOM.fixed, ROOM.closing, ROOM.log))
if not packed or closing or unpack_(packed)[FIXED.tenant] ~= ARGV.tenant then
  return 'none'
end
local user, subscription = ARGV.user, ARGV.subscription
if call('HEXISTS', KEYS.members, user) == 0 then
  return 'out'
end
local lapse = whole(NOW + ARGV.lease)
if call('ZADD', KEYS.subs, lapse, subscription) == 1 then
  local subscriptions = Channels.subscriptions_of(user)
  subscriptions[#subscriptions + 1] = subscription
  call('HSET', KEYS.subscribers, user, pack(subscriptions))
  call('ZADD', KEYS.lapses, 'LT', lapse, Channels.ROOM_ID)
  Channels.publish('j', subscription)
end
call('ZREM', KEYS.going, user)
call('HSET', KEYS.room, ROOM.heard, whole(NOW + EVENTS.listened_for))
return log
