-- uses: time common user
-- ARGV: 6 user, 7 sessions (packed), 8 when, 9 before which sessions of the original are over (or empty),
-- 10 how long ended sessions are remembered. Their places go with the next sweep.
local user, sessions, before = ARGV[6], unpack_(ARGV[7]), tonumber(ARGV[9])
for _, id in ipairs(sessions) do
  call('ZADD', KEYS[5], ARGV[8], user .. '\0' .. id)
end
if before then
  call('ZADD', KEYS[5], 'GT', ARGV[9], user .. '\0')
end
call('ZREMRANGEBYSCORE', KEYS[5], '-inf', '(' .. whole(NOW - ARGV[10]))
end_named(user, sessions, before)
turn()
return 1
