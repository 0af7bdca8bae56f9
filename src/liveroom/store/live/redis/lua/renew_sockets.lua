-- uses: time bucket users sockets
-- Renews the leases of sockets (ARGV.sockets: NAMED_SOCKET). Returns 1 for each, or 0 where its session has ended.
local verdicts = {}
for number, socket in ipairs(unpack_(ARGV.sockets)) do
  local user = socket[NAMED_SOCKET.user]
  local record = Users.read(user)
  local absent = Users.is_absent(record)
  if Sockets.renew(user, record, socket[NAMED_SOCKET.session], socket[NAMED_SOCKET.client], 0) then
    Users.write(user, record, absent)
    verdicts[number] = '1'
  else
    verdicts[number] = '0'
  end
end
Users.write_wheel()
return table.concat(verdicts)
