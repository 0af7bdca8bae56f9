-- uses: common
-- KEYS: 1 facts, and for each place its room and that room's members by turns. ARGV: the users. Returns for each whether the
-- room is live, and the member's record, by turns.
local answer = {}
for number, user in ipairs(ARGV) do
  answer[2 * number - 1] = call('EXISTS', KEYS[2 * number])
  answer[2 * number] = call('HGET', KEYS[2 * number + 1], user)
end
return answer
