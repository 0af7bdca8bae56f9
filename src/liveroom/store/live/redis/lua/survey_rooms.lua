-- uses: time common verify
-- KEYS: 1 facts, 2 due, 3 dirty, 4 journal. ARGV: 2 how long a room is spared after an outage, 3 gap, 4 how many rooms
-- without host to name, at most once a second whoever asks (0: none), 5 the server's run id.
-- Returns how many stays wait in the journal, how many rooms are dirty, and those rooms.
local answer = {call('XLEN', KEYS[4]), call('ZCARD', KEYS[3])}
local swept, most = tonumber(call('HGET', KEYS[1], 's') or 0), tonumber(ARGV[4])
if most == 0 or NOW - swept < 1000 then
  return answer
end
call('HSET', KEYS[1], 's', whole(NOW))
local late = NOW - swept > tonumber(ARGV[3])
for _, room in ipairs(call('ZRANGEBYSCORE', KEYS[2], '-inf', whole(NOW), 'LIMIT', 0, late and -1 or most)) do
  if late then
    call('ZADD', KEYS[2], whole(NOW + ARGV[2]), room)
  else
    answer[#answer + 1] = room
  end
end
return answer
