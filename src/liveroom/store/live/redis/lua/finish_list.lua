-- KEYS: 1 facts, 2 claim. ARGV: 1 who claims, 2 the new epoch, 3 the server's run id.
local kept = redis.call('GET', KEYS[2])
if not kept or string.match(kept, '^%d+ (%w+)$') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'e', ARGV[2], 'r', ARGV[3])
redis.call('DEL', KEYS[2])
return 1
