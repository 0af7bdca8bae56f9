-- uses: bucket
-- Returns for each of ARGV.users, by turns, whether their room is live and their record as a member of it. KEYS.rooms:
-- room and members of each by turns.
local answer, at = {}, KEY.rooms
for number = ARG.users, #ARGV do
  answer[#answer + 1] = call('EXISTS', KEYS[at])
  answer[#answer + 1] = call('HGET', KEYS[at + 1], ARGV[number])
  at = at + 2
end
return answer
