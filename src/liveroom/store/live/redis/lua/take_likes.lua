-- uses: time
-- Takes likes that SQL may not know. Returns nothing for ARGV.rest ms after somebody did, else by turns broadcast, and
-- its likes and room. KEYS.liked: the field without a name says when they were taken last.
local found = call('HGETALL', KEYS.liked)
local answer, taken = {}, 0
for at = 1, #found, 2 do
  if found[at] == '' then
    taken = tonumber(found[at + 1])
  else
    answer[#answer + 1], answer[#answer + 2] = found[at], found[at + 1]
  end
end
if #answer == 0 then
  call('DEL', KEYS.liked)
  return answer
end
if taken <= NOW and NOW - taken < tonumber(ARGV.rest) then
  return false
end
call('HSET', KEYS.liked, '', whole(NOW))
return answer
