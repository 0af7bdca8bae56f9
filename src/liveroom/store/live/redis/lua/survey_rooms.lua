-- uses: time common verify
-- KEYS: 1 facts, 2 due, 3 dirty, 4 journal, 5 pending, 6 lapses, 7 alarms, 8 talk, 9 liked. ARGV: 2 how long a room is spared after an outage, 3 gap,
-- 4 how many rooms without host to name, at most once a second whoever asks (0: none), 5 how long subscriptions are spared,
-- 6 the server's run id.
-- Returns how many stays wait in the journal, how many rooms are dirty, in how many something gathered is due, in how many
-- subscriptions may have lapsed, how many alarms are due, how many messages wait to be saved,
-- whether SQL may not know all likes, and those rooms.
local now, gap = whole(NOW), tonumber(ARGV[3])
local answer = {
  call('XLEN', KEYS[4]), call('ZCARD', KEYS[3]), call('ZCOUNT', KEYS[5], '-inf', now), call('ZCOUNT', KEYS[6], '-inf', now),
  call('ZCOUNT', KEYS[7], '-inf', now), call('XLEN', KEYS[8]), call('EXISTS', KEYS[9]),
}
local facts = call('HMGET', KEYS[1], 's', 'l')
local looked = tonumber(facts[2] or NOW)
if not facts[2] or NOW - looked >= 1000 then
  call('HSET', KEYS[1], 'l', now)
end
if NOW - looked > gap then
  call('HSET', KEYS[1], 'f', whole(NOW + ARGV[5]))
end
local swept, most = tonumber(facts[1] or 0), tonumber(ARGV[4])
if most == 0 or NOW - swept < 1000 then
  return answer
end
call('HSET', KEYS[1], 's', now)
local late = NOW - swept > gap
for _, room in ipairs(call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, late and -1 or most)) do
  if late then
    call('ZADD', KEYS[2], whole(NOW + ARGV[2]), room)
  else
    answer[#answer + 1] = room
  end
end
return answer
