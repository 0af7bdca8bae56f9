-- uses: time
-- KEYS[1]: a limit. ARGV: 2 window. Returns for how many milliseconds its window lasts on.
local kept = redis.call('GET', KEYS[1])
local began = kept and tonumber(string.match(kept, '^(%d+) '))
return began and math.max(began + ARGV[2] - NOW, 0) or 0
