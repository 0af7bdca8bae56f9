-- KEYS: 1 journal, 2 claim. ARGV: 1 who claims, 2 for how many ms, 3 how many stays. Returns id and stay by turns, or
-- nothing while another writes this journal.
if redis.call('XLEN', KEYS[1]) == 0 then
  return {}
end
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[1] then
  return false
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
local answer = {}
for number, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', ARGV[3])) do
  answer[2 * number - 1], answer[2 * number] = entry[1], entry[2][2]
end
return answer
