-- uses: time
-- KEYS[1]: who compares the index with members: w(ho), u(ntil), d (when they came into doubt last). ARGV: 2 who asks,
-- 3 for how long a claim lasts, 4 (1) that they have come into doubt. Returns when that was, or nothing where another compares.
local who, until_, doubt = unpack(redis.call('HMGET', KEYS[1], 'w', 'u', 'd'))
if ARGV[4] == '1' or not doubt then
  doubt = string.format('%.0f', NOW)
  redis.call('HSET', KEYS[1], 'd', doubt)
end
if who and who ~= ARGV[2] and tonumber(until_) > NOW then
  return false
end
redis.call('HSET', KEYS[1], 'w', ARGV[2], 'u', string.format('%.0f', NOW + ARGV[3]))
return doubt
