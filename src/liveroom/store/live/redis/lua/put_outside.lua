-- uses: time bucket users outside
-- Puts what outside sources say of users in place of what was known when that was decided (ARGV.decided: DECIDED,
-- packed). Returns the users of whom something else is known by now: nothing is put there.
local changed = {}
for _, row in ipairs(unpack_(ARGV.decided)) do
  local user = row[DECIDED.user]
  local record = Users.read(user)
  if pack(record[USER.outside] or {}) ~= pack(row[DECIDED.known]) then
    changed[#changed + 1] = user
  else
    local absent, first = Users.is_absent(record), Users.online_since(record)
    Outside.put(record, row[DECIDED.outside], first)
    Users.write(user, record, absent)
  end
end
Users.write_wheel()
return changed
