-- uses: time bucket
-- Returns the time, and the records of users (ARGV.users).
local answer = {whole(NOW)}
for at = ARG.users, #ARGV do
  answer[#answer + 1] = call('HGET', KEYS.users, ARGV[at])
end
return answer
