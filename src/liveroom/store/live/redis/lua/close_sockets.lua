-- uses: time common user socket
-- Closes sockets (ARGV.sockets: NAMED_SOCKET). A closed one vouches for its session during the grace only; where
-- another socket of the session vouches for longer, it is forgotten.
local function close(session, client)
  local socket = socket_of(session, client)
  if not socket or socket[SOCKET.closed] then
    return false
  end
  socket[SOCKET.expires], socket[SOCKET.closed] = math.min(socket[SOCKET.expires], NOW + GRACE), 1
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
  local record = read(user)
  local session = session_of(record, closed[NAMED_SOCKET.session])
  if session and close(session, closed[NAMED_SOCKET.client]) then
    write(user, record, false)
  end
end
write_wheel()
return 1
