-- uses: time awaited common user
-- Keeps a user's new name and picture. Returns the rooms that their record names.
local record = read(ARGV.user)
local absent = is_absent(record)
if #record[USER.sessions] == 0 and #record[USER.entries] == 0 then
  return {}
end
record[USER.name], record[USER.avatar] = ARGV.name, ARGV.avatar
local rooms = {}
for number, entry in ipairs(record[USER.entries]) do
  rooms[number] = entry[ENTRY.room]
end
write(ARGV.user, record, absent)
write_wheel()
return rooms
