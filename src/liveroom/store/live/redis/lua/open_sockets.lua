-- uses: time awaited common user socket
-- Each socket is followed by when its token was issued, and by what happens to other devices: 0 nothing, 1 they end,
-- 2 it is refused. Returns for each, packed: false when its session has ended, true when it is refused, else the
-- sessions that it replaces.
local function others(record, id)
  local found = {}
  for _, session in ipairs(record[4]) do
    if session[1] ~= id and open_sockets(session)[1] then
      found[#found + 1] = session[1]
    end
  end
  return found
end

local function open(user, id, client, issued, devices)
  local record = read(user)
  local absent = is_absent(record)
  local replaced = devices > 0 and others(record, id) or {}
  if not renew_socket(user, record, id, client, issued) then
    return false
  end
  if devices == 2 and replaced[1] then
    return true
  end
  write(user, record, absent)
  return replaced
end

local answers = {}
for number, socket in ipairs(unpack_(ARGV[6])) do
  answers[number] = open(unpack(socket))
end
turn()
return pack(answers)
