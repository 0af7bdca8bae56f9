-- uses: common
-- KEYS: 1 facts, and the members of rooms. ARGV[1]: how many. Returns for each room the next cursor, and users and records
-- by turns.
local answer = {}
for number = 2, #KEYS do
  answer[number - 1] = call('HSCAN', KEYS[number], '0', 'COUNT', ARGV[1])
end
return answer
