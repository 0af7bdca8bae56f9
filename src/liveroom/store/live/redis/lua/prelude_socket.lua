-- ARGV: 6 sockets {user, session, client, ...} (packed), 7 lease of an open one, 8 of one that was closed.
local LEASE, GRACE, MOST = tonumber(ARGV[7]), tonumber(ARGV[8]), 64

-- Sockets of the session that are open, and may be so for a while.
local function open_sockets(session)
  local found = {}
  for _, socket in ipairs(session[6] or NONE) do
    if not socket[4] and socket[2] > NOW then
      found[#found + 1] = socket
    end
  end
  return found
end

local function socket_of(session, client)
  for _, socket in ipairs(session[6] or NONE) do
    if socket[1] == client then
      return socket
    end
  end
end

local function add_socket(session, client)
  local sockets, first = open_sockets(session), 1
  if #sockets >= MOST then
    for number, socket in ipairs(sockets) do
      if socket[2] < sockets[first][2] then
        first = number
      end
    end
    table.remove(sockets, first)
  end
  sockets[#sockets + 1] = {client, NOW + LEASE, math.floor(NOW / 1000)}
  session[5], session[6] = session[5] or 0, sockets
end

-- Renew a socket's lease, known or not; one that was closed stays so. Returns nothing when the session has ended.
local function renew_socket(user, record, id, client, issued)
  local session = session_of(record, id)
  if not session then
    if has_ended(user, id, issued) then
      return false
    end
    session = new_session(record, id)
    session[5] = original(id) and issued or nil
  end
  if session[4] == 0 then
    session[3], session[4] = math.min(session[3], NOW + WAIT_KEEPALIVE), 1
  end
  local socket = socket_of(session, client)
  if not socket then
    add_socket(session, client)
  elseif not socket[4] then
    socket[2] = NOW + LEASE
  end
  return true
end
