-- uses: time awaited common user
-- ARGV: 6 user, 7 name, 8 avatar. Returns the rooms in which the record names a place.
local record = read(ARGV[6])
local absent = is_absent(record)
if #record[4] == 0 and #record[5] == 0 then
  return {}
end
record[1], record[2] = ARGV[7], ARGV[8]
local rooms = {}
for number, place in ipairs(record[5]) do
  rooms[number] = place[3]
end
write(ARGV[6], record, absent)
turn()
return rooms
