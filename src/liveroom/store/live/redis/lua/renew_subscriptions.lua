-- uses: time bucket
-- Renews subscriptions to a room. One that has lapsed stays so.
local lapse, heard = whole(NOW + ARGV.lease), false
for first = ARG.subscriptions, #ARGV, 1000 do
  local last, renewed = math.min(first + 999, #ARGV), {}
  for number, known in ipairs(call('ZMSCORE', KEYS.subs, unpack(ARGV, first, last))) do
    if known and tonumber(known) > NOW then
      renewed[#renewed + 1], renewed[#renewed + 2] = lapse, ARGV[first + number - 1]
    end
  end
  if #renewed > 0 then
    call('ZADD', KEYS.subs, unpack(renewed))
    heard = true
  end
end
if heard and call('EXISTS', KEYS.room) == 1 then
  call('HSET', KEYS.room, ROOM.heard, whole(NOW + EVENTS.listened_for))
end
return 1
