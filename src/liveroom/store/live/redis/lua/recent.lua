-- uses: common verify
-- KEYS: 1 facts, 2 room, 3 log. ARGV: 1 after, 2 how many, 3 reverse, 4 the server's run id. Returns nothing when there is no such room, else
-- the room's log, packed, and publications.
local room = call('HMGET', KEYS[2], 'l', 'p', 'h')
if not room[1] or room[2] then
  return false
end
if room[3] == '0' then
  call('HSET', KEYS[2], 'h', '1')
end
local after, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local newest, kept = unpack_(room[1])[3], call('LLEN', KEYS[3])
local oldest = newest - kept + 1
local first = math.max(after + 1, oldest)
local last = math.min(first + most - 1, newest)
if ARGV[3] == '1' then
  last = after == 0 and newest or math.min(after - 1, newest)
  first = math.max(last - most + 1, oldest)
end
local answer = {room[1]}
if first <= last then
  local found = call('LRANGE', KEYS[3], first - oldest, last - oldest)
  for number = 1, #found do
    answer[number + 1] = found[ARGV[3] == '1' and #found + 1 - number or number]
  end
end
return answer
