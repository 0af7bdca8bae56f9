-- uses: time bucket users
-- Takes heartbeats (ARGV.heartbeats: HEARTBEAT, packed). Returns 1 for each, or 0 where its session has ended.
local function renew(row)
  local user, id, kind = row[HEARTBEAT.user], row[HEARTBEAT.session], row[HEARTBEAT.kind]
  if kind == 2 then
    return not Users.has_ended(user, id, row[HEARTBEAT.issued])
  end
  local record = Users.read(user)
  local absent = Users.is_absent(record)
  if not Users.heartbeat(user, record, id, kind, row[HEARTBEAT.issued]) then
    return false
  end
  Users.write(user, record, absent)
  return true
end

local verdicts = {}
for number, row in ipairs(unpack_(ARGV.heartbeats)) do
  verdicts[number] = renew(row) and '1' or '0'
end
Users.write_wheel()
return table.concat(verdicts)
