-- uses: time common user socket
-- Returns a 1 or (its session has ended) 0 for each.
local verdicts = {}
for number, socket in ipairs(unpack_(ARGV[6])) do
  local user = socket[1]
  local record = read(user)
  local absent = is_absent(record)
  if renew_socket(user, record, socket[2], socket[3], 0) then
    write(user, record, absent)
    verdicts[number] = '1'
  else
    verdicts[number] = '0'
  end
end
turn()
return table.concat(verdicts)
