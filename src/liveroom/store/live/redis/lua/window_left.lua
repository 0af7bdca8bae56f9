-- uses: time
-- Returns for how many ms the window of a limit lasts on.
local kept = call('GET', KEYS.limit)
local began = kept and tonumber(string.match(kept, '^(%d+) '))
return began and math.max(began + ARGV.window - NOW, 0) or 0
