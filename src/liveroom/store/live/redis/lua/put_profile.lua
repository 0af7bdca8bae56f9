-- uses: time awaited bucket users
-- Keeps a user's new name and picture. Returns the rooms that their record names.
local record = Users.read(ARGV.user)
local absent = Users.is_absent(record)
if #record[USER.sessions] == 0 and #record[USER.entries] == 0 then
  return {}
end
record[USER.name], record[USER.avatar] = ARGV.name, ARGV.avatar
local rooms = {}
for number, entry in ipairs(record[USER.entries]) do
  rooms[number] = entry[ENTRY.room]
end
Users.write(ARGV.user, record, absent)
Users.write_wheel()
return rooms
