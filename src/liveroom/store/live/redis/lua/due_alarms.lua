-- uses: time common
-- KEYS: 1 facts, 2 alarms. ARGV: 2 how many, 3 after how many ms those come again that nobody sees to. Returns what is due.
local due = call('ZRANGEBYSCORE', KEYS[2], '-inf', whole(NOW), 'LIMIT', 0, ARGV[2])
for _, name in ipairs(due) do
  call('ZADD', KEYS[2], whole(NOW + ARGV[3]), name)
end
return due
