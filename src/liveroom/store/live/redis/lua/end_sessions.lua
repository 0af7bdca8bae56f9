-- uses: time bucket users
-- Ends sessions of a user (ARGV.sessions, packed); their presence entries go when users are looked at next.
-- ARGV: at: when they ended. original_before: sessions of the original that were issued before this are over too (or
-- ''). remembered: for how long ended sessions are.
local user, sessions, before = ARGV.user, unpack_(ARGV.sessions), tonumber(ARGV.original_before)
for _, id in ipairs(sessions) do
  call('ZADD', KEYS.ended, ARGV.at, user .. '\0' .. id)
end
if before then
  call('ZADD', KEYS.ended, 'GT', ARGV.original_before, user .. '\0')
end
call('ZREMRANGEBYSCORE', KEYS.ended, '-inf', '(' .. whole(NOW - ARGV.remembered))
Users.forget_sessions(user, sessions, before)
Users.write_wheel()
return 1
