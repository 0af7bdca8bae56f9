-- uses: time common channel
-- ARGV: 3 how many users to name, 4 how long a seat lasts. Ends what has lapsed, unless an outage is just over. Returns
-- places {user, session, place, host}, packed, of members whose last seat is over; they are named again 30 s later. Who
-- has entered since a seat was last renewed is not put out for it.
local spared = tonumber(call('HGET', KEYS[1], 'f') or 0)
if NOW < spared then
  call('ZADD', KEYS[7], whole(spared), ROOM)
  return pack({})
end
local lapsed = call('ZRANGEBYSCORE', KEYS[4], '-inf', whole(NOW), 'WITHSCORES', 'LIMIT', 0, 1000)
for number = 1, #lapsed, 2 do
  local seat, user = lapsed[number], user_of(lapsed[number])
  local last, entered = vacate(seat, user)
  if last and not (entered and entered >= lapsed[number + 1] - ARGV[4]) then
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
