-- uses: time
-- KEYS: 1 facts, 2 claim: until when it is whose. ARGV: 2 who claims, 3 for how long, 4 the server's run id. Returns 1
-- when it falls to the caller to build the list.
if redis.call('HEXISTS', KEYS[1], 'e') == 1 and redis.call('HGET', KEYS[1], 'r') == ARGV[4] then
  return 0
end
local kept = redis.call('GET', KEYS[2])
if kept then
  local till, holder = string.match(kept, '^(%d+) (%w+)$')
  if tonumber(till) > NOW and holder ~= ARGV[2] then
    return 0
  end
end
redis.call('SET', KEYS[2], string.format('%.0f %s', NOW + ARGV[3], ARGV[2]), 'PX', ARGV[3])
redis.call('HDEL', KEYS[1], 'e')
redis.call('HINCRBY', KEYS[1], 'g', 1)
return 1
