-- uses: time awaited common verify channel
-- ARGV: 3 tenant, 4 user, 5 seat, 6 for how long, 7 the server's run id. Returns 'none' (no such room),
-- 'out' (no member), or the room's log, packed.
local room = call('HMGET', KEYS[2], 'f', 'p', 'l')
if not room[1] or room[2] or unpack_(room[1])[1] ~= ARGV[3] then
  return 'none'
end
local user, seat = ARGV[4], ARGV[5]
if call('HEXISTS', KEYS[3], user) == 0 then
  return 'out'
end
local lapse = whole(NOW + ARGV[6])
if call('ZADD', KEYS[4], lapse, seat) == 1 then
  local seats = seats_of(user)
  seats[#seats + 1] = seat
  call('HSET', KEYS[5], user, pack(seats))
  call('ZADD', KEYS[7], 'LT', lapse, ROOM)
  tell_seat('j', seat)
end
call('ZREM', KEYS[6], user)
call('HSET', KEYS[2], 'h', whole(NOW + HEARD))
return room[3]
