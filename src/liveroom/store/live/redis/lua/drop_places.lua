-- uses: time common user
-- ARGV[6]: {user, place} of each place to forget.
for _, dropped in ipairs(unpack_(ARGV[6])) do
  local user, id = dropped[1], dropped[2]
  local record = read(user)
  if holds(record, id) then
    local kept, absent = {}, #record[4] == 0
    for _, place in ipairs(record[5]) do
      if place[7] == id then
        place[6], place[7], place[8] = place[6] or 0, false, 0
      end
      if place[1] ~= id then
        kept[#kept + 1] = place
      end
    end
    record[5] = kept
    write(user, record, absent)
  end
end
turn()
return 1
