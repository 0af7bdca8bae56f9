-- uses: time awaited bucket users
-- Lets presence entries stay that were told to end (ARGV.entries: NAMED_ENTRY, packed): their users are subscribed to
-- the rooms, or in their media.
for _, spared in ipairs(unpack_(ARGV.entries)) do
  local user = spared[NAMED_ENTRY.user]
  local record = Users.read(user)
  local absent = Users.is_absent(record)
  for _, entry in ipairs(record[USER.entries]) do
    if entry[ENTRY.id] == spared[NAMED_ENTRY.id] and (entry[ENTRY.going] or 0) > 0 then
      entry[ENTRY.entered], entry[ENTRY.going] = math.floor(NOW / 1000), 0
      Users.write(user, record, absent)
      break
    end
  end
end
Users.write_wheel()
return 1
