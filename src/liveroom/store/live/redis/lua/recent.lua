-- uses: bucket verify
-- Reads a room's last publications. Returns nothing when there is no such room, else its log (LOG, packed) and
-- publications.
-- ARGV: after: which offset; with reverse (1), before which, newest first (0: from the newest).
local packed, closing, heard = unpack(call('HMGET', KEYS.room, ROOM.log, ROOM.closing, ROOM.heard))
if not packed or closing then
  return false
end
if heard == '0' then
  call('HSET', KEYS.room, ROOM.heard, '1')
end
local after, most, reverse = tonumber(ARGV.after), tonumber(ARGV.most), ARGV.reverse == '1'
local newest, kept = unpack_(packed)[LOG.offset], call('LLEN', KEYS.log)
local oldest = newest - kept + 1
local first = math.max(after + 1, oldest)
local last = math.min(first + most - 1, newest)
if reverse then
  last = after == 0 and newest or math.min(after - 1, newest)
  first = math.max(last - most + 1, oldest)
end
local answer = {packed}
if first <= last then
  local found = call('LRANGE', KEYS.log, first - oldest, last - oldest)
  for number = 1, #found do
    answer[number + 1] = found[reverse and #found + 1 - number or number]
  end
end
return answer
