-- uses: time
-- KEYS: 1 liked. ARGV: 2 how long nobody takes them after somebody did. Returns nothing in that time, else broadcast, and
-- its likes and room, by turns. The field without a name: when they were taken last.
local found = redis.call('HGETALL', KEYS[1])
local answer, taken = {}, 0
for number = 1, #found, 2 do
  if found[number] == '' then
    taken = tonumber(found[number + 1])
  else
    answer[#answer + 1], answer[#answer + 2] = found[number], found[number + 1]
  end
end
if #answer == 0 then
  redis.call('DEL', KEYS[1])
  return answer
end
if taken <= NOW and NOW - taken < tonumber(ARGV[2]) then
  return false
end
redis.call('HSET', KEYS[1], '', string.format('%.0f', NOW))
return answer
