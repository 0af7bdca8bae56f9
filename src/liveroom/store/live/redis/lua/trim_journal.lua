-- KEYS: 1 journal, 2 claim. ARGV: 1 who claims, 2 and on the ids of what was saved. Returns how many stays are left, and how
-- many of the saved ones were still there.
local struck = 0
for first = 2, #ARGV, 1000 do
  struck = struck + redis.call('XDEL', KEYS[1], unpack(ARGV, first, math.min(first + 999, #ARGV)))
end
if redis.call('GET', KEYS[2]) == ARGV[1] then
  redis.call('DEL', KEYS[2])
end
return {redis.call('XLEN', KEYS[1]), struck}
