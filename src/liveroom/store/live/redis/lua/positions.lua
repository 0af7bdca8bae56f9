-- uses: common verify
-- KEYS: 1 facts, 2 and on rooms. ARGV: 1 the server's run id. Returns their logs, packed; nothing for a room that is not live.
local answer = {}
for number = 2, #KEYS do
  local room = call('HMGET', KEYS[number], 'l', 'p', 'h')
  if room[3] == '0' and not room[2] then
    call('HSET', KEYS[number], 'h', '1')
  end
  answer[number - 1] = not room[2] and room[1]
end
return answer
