-- uses: time common channel
-- ARGV: 3 user, 4 seat, 5 for how long it still vouches.
local user, seat = ARGV[3], ARGV[4]
if vacate(seat, user) and call('HEXISTS', KEYS[3], user) == 1 then
  local due = whole(NOW + ARGV[5])
  call('ZADD', KEYS[6], due, user)
  call('ZADD', KEYS[7], 'LT', due, ROOM)
end
return 1
