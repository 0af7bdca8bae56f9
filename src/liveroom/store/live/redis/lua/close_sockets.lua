-- uses: time common user socket
-- A closed socket vouches for the grace only; where another of its session vouches longer, it is forgotten.
local function close(session, client)
  local socket = socket_of(session, client)
  if not socket or socket[4] then
    return false
  end
  socket[2], socket[4] = math.min(socket[2], NOW + GRACE), 1
  local kept, longer = {}, false
  for _, other in ipairs(session[6]) do
    longer = longer or other[2] > socket[2]
    if other ~= socket then
      kept[#kept + 1] = other
    end
  end
  session[6] = longer and kept or session[6]
  return true
end

for _, closed in ipairs(unpack_(ARGV[6])) do
  local record = read(closed[1])
  local session = session_of(record, closed[2])
  if session and close(session, closed[3]) then
    write(closed[1], record, false)
  end
end
turn()
return 1
