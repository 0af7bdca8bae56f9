-- Sockets of sessions. ARGV: sockets: what happens to which, packed. lease: of an open one. grace: of one that was
-- closed.
Sockets.LEASE, Sockets.GRACE = tonumber(ARGV.lease), tonumber(ARGV.grace)

-- Sockets of the session that are open, and whose lease runs.
function Sockets.open_of(session)
  local found = {}
  for _, socket in ipairs(session[SESSION.sockets] or Users.NONE) do
    if not socket[SOCKET.closed] and socket[SOCKET.expires] > NOW then
      found[#found + 1] = socket
    end
  end
  return found
end

function Sockets.find(session, client)
  for _, socket in ipairs(session[SESSION.sockets] or Users.NONE) do
    if socket[SOCKET.client] == client then
      return socket
    end
  end
end

local function add_socket(session, client)
  local sockets, first = Sockets.open_of(session), 1
  if #sockets >= PRESENCE.sockets_max then
    for number, socket in ipairs(sockets) do
      if socket[SOCKET.expires] < sockets[first][SOCKET.expires] then
        first = number
      end
    end
    table.remove(sockets, first)
  end
  sockets[#sockets + 1] = SOCKET{client = client, expires = NOW + Sockets.LEASE, since = math.floor(NOW / 1000)}
  session[SESSION.issued], session[SESSION.sockets] = session[SESSION.issued] or 0, sockets
end

-- Renew a socket's lease, known or not; one that was closed stays so. Returns false when the session has ended.
function Sockets.renew(user, record, id, client, issued)
  local session = Users.session_of(record, id)
  if not session then
    if Users.has_ended(user, id, issued) then
      return false
    end
    session = Users.new_session(record, id)
    session[SESSION.issued] = Users.is_original(id) and issued or nil
  end
  if session[SESSION.keepalive] == 0 then
    session[SESSION.expires] = math.min(session[SESSION.expires], NOW + Users.WAIT_KEEPALIVE)
    session[SESSION.keepalive] = 1
  end
  local socket = Sockets.find(session, client)
  if not socket then
    add_socket(session, client)
  elseif not socket[SOCKET.closed] then
    socket[SOCKET.expires] = NOW + Sockets.LEASE
  end
  return true
end
