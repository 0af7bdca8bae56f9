-- uses: time awaited bucket users sockets
-- Opens sockets (ARGV.sockets: OPENING). Returns for each, packed: false when its session has ended, true when it is
-- refused, else the sessions of other devices that it replaces.
local function others(record, id)
  local found = {}
  for _, session in ipairs(record[USER.sessions]) do
    if session[SESSION.id] ~= id and #Sockets.open_of(session) > 0 then
      found[#found + 1] = session[SESSION.id]
    end
  end
  return found
end

local function open(opening)
  local user, id = opening[OPENING.user], opening[OPENING.session]
  local record = Users.read(user)
  local absent = Users.is_absent(record)
  local replaced = opening[OPENING.devices] > 0 and others(record, id) or {}
  if not Sockets.renew(user, record, id, opening[OPENING.client], opening[OPENING.issued]) then
    return false
  end
  if opening[OPENING.devices] == 2 and #replaced > 0 then
    return true
  end
  Users.write(user, record, absent)
  return replaced
end

local answers = {}
for number, opening in ipairs(unpack_(ARGV.sockets)) do
  answers[number] = open(opening)
end
Users.write_wheel()
return pack(answers)
