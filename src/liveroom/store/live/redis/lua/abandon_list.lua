-- Gives the claim to build a list back, if ARGV.me has it.
local kept = redis.call('GET', KEYS.claim)
if kept and string.match(kept, '^%d+ (%w+)$') == ARGV.me then
  redis.call('DEL', KEYS.claim)
end
return 1
