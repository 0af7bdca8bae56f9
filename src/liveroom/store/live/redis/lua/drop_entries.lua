-- uses: time awaited bucket users entries
-- Forgets presence entries (ARGV.entries: NAMED_ENTRY, packed). ARGV.refused (1): the rooms did not let their users in.
local refused = ARGV.refused == '1'
for _, dropped in ipairs(unpack_(ARGV.entries)) do
  local user, id = dropped[NAMED_ENTRY.user], dropped[NAMED_ENTRY.id]
  local record = Users.read(user)
  if Users.has_entry(record, id) then
    local absent = Users.is_absent(record)
    Entries.drop(record, id, refused)
    Users.write(user, record, absent)
  end
end
Users.write_wheel()
return 1
