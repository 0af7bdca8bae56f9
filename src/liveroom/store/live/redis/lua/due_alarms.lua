-- uses: time bucket
-- Returns alarms that are due. One that nobody sees to is due again after ARGV.again ms.
local due = call('ZRANGEBYSCORE', KEYS.alarms, '-inf', whole(NOW), 'LIMIT', 0, ARGV.most)
for _, name in ipairs(due) do
  call('ZADD', KEYS.alarms, whole(NOW + ARGV.again), name)
end
return due
