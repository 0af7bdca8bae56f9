-- KEYS: 1 claim. ARGV: 1 who gives it back.
local kept = redis.call('GET', KEYS[1])
if kept and string.match(kept, '^%d+ (%w+)$') == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return 1
