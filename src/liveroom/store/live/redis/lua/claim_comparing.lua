-- uses: time
-- Claims to compare the index of presence entries with members, for ARGV.lease ms. Returns when they came into doubt
-- last, or nothing where another process compares. ARGV.doubtful (1): they have come into doubt now.
local who, claimed_until, doubt =
  unpack(call('HMGET', KEYS.comparing, COMPARING.who, COMPARING.claimed_until, COMPARING.doubt))
if ARGV.doubtful == '1' or not doubt then
  doubt = whole(NOW)
  call('HSET', KEYS.comparing, COMPARING.doubt, doubt)
end
if who and who ~= ARGV.who and tonumber(claimed_until) > NOW then
  return false
end
local till = whole(NOW + ARGV.lease)
call('HSET', KEYS.comparing, COMPARING.who, ARGV.who, COMPARING.claimed_until, till)
return doubt
