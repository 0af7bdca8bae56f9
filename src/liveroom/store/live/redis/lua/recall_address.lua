-- KEYS: 1 this half of a filter, 2 the half before. ARGV: bits. Returns the number of the first half that has all of
-- them, or 0.
local newer, older = true, true
for _, bit in ipairs(ARGV) do
  newer = newer and redis.call('GETBIT', KEYS[1], bit) == 1
  older = older and redis.call('GETBIT', KEYS[2], bit) == 1
end
return newer and 1 or older and 2 or 0
