-- uses: time bucket channels
-- Ends a subscription; if it was its user's last, their stay ends after ARGV.grace ms.
local user = ARGV.user
if Channels.unsubscribe(ARGV.subscription, user) and call('HEXISTS', KEYS.members, user) == 1 then
  local due = whole(NOW + ARGV.grace)
  call('ZADD', KEYS.going, due, user)
  call('ZADD', KEYS.lapses, 'LT', due, Channels.ROOM_ID)
end
return 1
