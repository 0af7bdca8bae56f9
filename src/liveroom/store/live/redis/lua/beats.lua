-- uses: time common user
-- ARGV[6]: {user, session, keepalive, issued} of each sign of life. Returns a 1 or (it has ended) 0 for each.
local verdicts = {}
for number, sign in ipairs(unpack_(ARGV[6])) do
  local user = sign[1]
  local record = read(user)
  local absent = #record[4] == 0 and #record[5] > 0
  if beat(user, record, sign[2], sign[3], sign[4]) then
    write(user, record, absent)
    verdicts[number] = '1'
  else
    verdicts[number] = '0'
  end
end
turn()
return table.concat(verdicts)
