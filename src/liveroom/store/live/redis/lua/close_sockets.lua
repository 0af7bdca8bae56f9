-- uses: time bucket users sockets
-- Closes sockets (ARGV.sockets: NAMED_SOCKET). A closed one vouches for its session during the grace only; where
-- another socket of the session vouches for longer, it is forgotten.
local function close(session, client)
  local socket = Sockets.find(session, client)
  if not socket or socket[SOCKET.closed] then
    return false
  end
  socket[SOCKET.expires], socket[SOCKET.closed] = math.min(socket[SOCKET.expires], NOW + Sockets.GRACE), 1
  local kept, longer = {}, false
  for _, other in ipairs(session[SESSION.sockets]) do
    longer = longer or other[SOCKET.expires] > socket[SOCKET.expires]
    if other ~= socket then
      kept[#kept + 1] = other
    end
  end
  session[SESSION.sockets] = longer and kept or session[SESSION.sockets]
  return true
end

for _, closed in ipairs(unpack_(ARGV.sockets)) do
  local user = closed[NAMED_SOCKET.user]
  local record = Users.read(user)
  local session = Users.session_of(record, closed[NAMED_SOCKET.session])
  if session and close(session, closed[NAMED_SOCKET.client]) then
    Users.write(user, record, false)
  end
end
Users.write_wheel()
return 1
