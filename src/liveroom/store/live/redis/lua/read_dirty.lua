-- uses: common
-- KEYS: 1 facts, 2 dirty, 3 tenants. ARGV[1]: how many. Returns room, version and tenant by turns.
local answer = {}
local found = call('ZRANGE', KEYS[2], 0, ARGV[1] - 1, 'WITHSCORES')
for number = 1, #found, 2 do
  local tenant = call('HGET', KEYS[3], found[number]) or ''
  answer[#answer + 1], answer[#answer + 2], answer[#answer + 3] = found[number], whole(found[number + 1]), tenant
end
return answer
