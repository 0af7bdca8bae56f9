-- uses: time awaited bucket users
-- Forgets presence entries (ARGV.entries: NAMED_ENTRY, packed). ARGV.refused (1): the rooms did not let their users in,
-- so that the entries which they had replaced are as before. Otherwise these now end together with what replaced the
-- dropped one, or at once.
local refused = ARGV.refused == '1'

local function release_replaced(record, id, other)
  for _, entry in ipairs(record[USER.entries]) do
    if entry[ENTRY.replaced_by] == id then
      if other then
        entry[ENTRY.replaced_by] = other
      elseif refused then
        entry[ENTRY.going] = entry[ENTRY.going] or 0
        entry[ENTRY.replaced_by], entry[ENTRY.replaced_at] = false, 0
      else
        entry[ENTRY.going] = NOW - PRESENCE.named_again
      end
    end
  end
end

for _, dropped in ipairs(unpack_(ARGV.entries)) do
  local user, id = dropped[NAMED_ENTRY.user], dropped[NAMED_ENTRY.id]
  local record = Users.read(user)
  if Users.has_entry(record, id) then
    local kept, absent, other = {}, Users.is_absent(record), false
    for _, entry in ipairs(record[USER.entries]) do
      if entry[ENTRY.id] == id then
        other = entry[ENTRY.replaced_by] or false
      else
        kept[#kept + 1] = entry
      end
    end
    record[USER.entries] = kept
    release_replaced(record, id, other)
    Users.write(user, record, absent)
  end
end
Users.write_wheel()
return 1
