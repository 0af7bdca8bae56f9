-- uses: bucket
-- Begins to walk through the members of rooms (KEYS.members). Returns for each the next cursor, and users and records
-- by turns.
local answer = {}
for at = KEY.members, #KEYS do
  answer[#answer + 1] = call('HSCAN', KEYS[at], '0', 'COUNT', ARGV.most)
end
return answer
