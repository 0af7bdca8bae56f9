-- uses: time common channel
-- ARGV: 3 how many users to name. Ends what has lapsed, unless an outage is just over. Returns places {user, session, place,
-- host}, packed, of members whose last seat is over; they are named again 30 s later.
local spared = tonumber(call('HGET', KEYS[1], 'f') or 0)
if NOW < spared then
  call('ZADD', KEYS[7], whole(spared), ROOM)
  return pack({})
end
for _, seat in ipairs(call('ZRANGEBYSCORE', KEYS[4], '-inf', whole(NOW), 'LIMIT', 0, 1000)) do
  local user = user_of(seat)
  if vacate(seat, user) then
    call('ZADD', KEYS[6], whole(NOW), user)
  end
end
local places = {}
for _, user in ipairs(call('ZRANGEBYSCORE', KEYS[6], '-inf', whole(NOW), 'LIMIT', 0, ARGV[3])) do
  local member = call('HGET', KEYS[3], user)
  if member then
    member = unpack_(member)
    for number = 1, #member[8], 2 do
      places[#places + 1] = {user, member[8][number], member[8][number + 1], member[1] > 0 and 1 or 0}
    end
    call('ZADD', KEYS[6], whole(NOW + AGAIN), user)
  else
    call('ZREM', KEYS[6], user)
  end
end
local next_seat = call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')[2]
local next_user = call('ZRANGE', KEYS[6], 0, 0, 'WITHSCORES')[2]
if next_seat or next_user then
  call('ZADD', KEYS[7], math.min(next_seat or math.huge, next_user or math.huge), ROOM)
else
  call('ZREM', KEYS[7], ROOM)
end
return pack(places)
