-- uses: time common user
-- ARGV: 6 user, 7 sessions (packed), 8 when, 9 before which sessions of the original are over (or empty),
-- 10 how long ended sessions are remembered. Their places go with the next sweep.
local user, before = ARGV[6], tonumber(ARGV[9])
local over = {}
for _, id in ipairs(unpack_(ARGV[7])) do
  over[id] = true
  call('ZADD', KEYS[5], ARGV[8], user .. '\0' .. id)
end
if before then
  call('ZADD', KEYS[5], 'GT', ARGV[9], user .. '\0')
end
call('ZREMRANGEBYSCORE', KEYS[5], '-inf', '(' .. whole(NOW - ARGV[10]))
local record = read(user)
local absent = #record[4] == 0
if absent and #record[5] == 0 then
  return 0
end
end_sessions(record, function(session)
  if before and session[5] and session[5] < before then
    over[session[1]] = true
  end
  return over[session[1]]
end)
for _, place in ipairs(record[5]) do
  if over[place[2]] then
    place[6], place[7], place[8] = NOW - AGAIN, place[7] or false, place[8] or 0
  end
end
write(user, record, absent)
turn()
return 1
