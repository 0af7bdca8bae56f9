-- uses: time bucket
-- Names rooms whose list entry is behind. Returns how many there are; and room, version and tenant of some, the oldest
-- change first.
-- ARGV: unchanged: only those that have not changed for so many ms (0: all). listed: what the list shows now: room and
-- version by turns.
for at = ARG.listed, #ARGV, 2 do
  local room = ARGV[at]
  local version = call('ZSCORE', KEYS.dirty, room)
  if version and tonumber(version) <= tonumber(ARGV[at + 1]) then
    call('ZREM', KEYS.dirty, room)
    call('HDEL', KEYS.tenants, room)
  end
end
local left = call('ZCARD', KEYS.dirty)
if left == 0 or ARGV.most == '0' then
  return {left}
end
local answer = {left}
local latest = ARGV.unchanged == '0' and '+inf' or whole(NOW - ARGV.unchanged)
local found = call('ZRANGEBYSCORE', KEYS.dirty, '-inf', latest, 'WITHSCORES', 'LIMIT', 0, ARGV.most)
for at = 1, #found, 2 do
  local tenant = call('HGET', KEYS.tenants, found[at]) or ''
  answer[#answer + 1], answer[#answer + 2], answer[#answer + 3] = found[at], whole(found[at + 1]), tenant
end
return answer
