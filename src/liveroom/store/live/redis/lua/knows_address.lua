-- KEYS: 1 this half of a filter, 2 the half before. ARGV: bits. Returns 1 when one of them has all, else 0.
local newer, older = true, true
for _, bit in ipairs(ARGV) do
  newer = newer and redis.call('GETBIT', KEYS[1], bit) == 1
  older = older and redis.call('GETBIT', KEYS[2], bit) == 1
end
return (newer or older) and 1 or 0
