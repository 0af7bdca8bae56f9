-- uses: time awaited bucket users
-- Keeps a user's new name and picture, and who has blocked them. Returns the rooms that their record names.
-- ARGV: first (1): only if the record has no name.
local record = Users.read(ARGV.user)
local absent = Users.is_absent(record)
if #record[USER.sessions] == 0 and #record[USER.entries] == 0 or (ARGV.first == '1' and record[USER.name]) then
  return {}
end
record[USER.name] = ARGV.name
record[USER.avatar] = ARGV.blockers == '' and ARGV.avatar or {ARGV.avatar, ARGV.blockers}
local rooms = {}
for number, entry in ipairs(record[USER.entries]) do
  rooms[number] = entry[ENTRY.room]
end
Users.write(ARGV.user, record, absent)
Users.write_wheel()
return rooms
