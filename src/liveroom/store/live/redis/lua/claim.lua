-- KEYS: 1 facts, 2 claim. ARGV: 1 who claims, 2 the server's run id. Returns 0 when the bucket is there, 1 when it falls
-- to the caller to rebuild it, 2 when another does.
if redis.call('HEXISTS', KEYS[1], 'e') == 1 and redis.call('HGET', KEYS[1], 'r') == ARGV[2] then
  return 0
end
local claim = ARGV[1] .. ':' .. ARGV[2]
if not redis.call('SET', KEYS[2], claim, 'NX', 'PX', 10000) and redis.call('GET', KEYS[2]) ~= claim then
  return 2
end
redis.call('HDEL', KEYS[1], 'e')
return 1
