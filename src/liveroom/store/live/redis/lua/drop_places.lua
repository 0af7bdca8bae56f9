-- uses: time awaited common user
-- ARGV: 6 {user, place} of each place to forget, 7 (1) that their enters were refused: only then is what they superseded
-- as before. Otherwise that ends with the place that superseded them in turn, or now.
local refused = ARGV[7] == '1'

-- Let go of what a place had superseded that is there no more.
local function release(record, id, heir)
  for _, place in ipairs(record[5]) do
    if place[7] == id then
      if heir then
        place[7] = heir
      elseif refused then
        place[6], place[7], place[8] = place[6] or 0, false, 0
      else
        place[6] = NOW - AGAIN
      end
    end
  end
end

for _, dropped in ipairs(unpack_(ARGV[6])) do
  local user, id = dropped[1], dropped[2]
  local record = read(user)
  if holds(record, id) then
    local kept, absent, heir = {}, is_absent(record), false
    for _, place in ipairs(record[5]) do
      if place[1] == id then
        heir = place[7] or false
      else
        kept[#kept + 1] = place
      end
    end
    record[5] = kept
    release(record, id, heir)
    write(user, record, absent)
  end
end
turn()
return 1
