-- uses: time common
-- KEYS: 1 facts, 2 subs, 3 room. ARGV: 2 for how long, 3 and on the seats. One that has lapsed stays so.
local lapse, heard = whole(NOW + ARGV[2]), false
for first = 3, #ARGV, 1000 do
  local last, renewed = math.min(first + 999, #ARGV), {}
  for number, known in ipairs(call('ZMSCORE', KEYS[2], unpack(ARGV, first, last))) do
    if known and tonumber(known) > NOW then
      renewed[#renewed + 1], renewed[#renewed + 2] = lapse, ARGV[first + number - 1]
    end
  end
  if #renewed > 0 then
    call('ZADD', KEYS[2], unpack(renewed))
    heard = true
  end
end
if heard and call('EXISTS', KEYS[3]) == 1 then
  call('HSET', KEYS[3], 'h', whole(NOW + HEARD))
end
return 1
