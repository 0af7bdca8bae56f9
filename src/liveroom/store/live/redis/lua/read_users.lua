-- uses: time common
-- KEYS: 1 facts, 2 users. ARGV: 2 and on, users. Returns the time, and their records.
local answer = {whole(NOW)}
for number = 2, #ARGV do
  answer[number] = call('HGET', KEYS[2], ARGV[number])
end
return answer
