-- uses: time common user
-- ARGV: 6 {user, place} of each place to forget, 7 (1) that their enters were refused: what they superseded is as before.
-- Otherwise that is being left by the enter that superseded it, and goes on waiting for it.
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
    if ARGV[7] ~= '1' then
      follow(record, id, heir or id)
    else
      for _, place in ipairs(kept) do
        if place[7] == id then
          place[6], place[7], place[8] = place[6] or 0, false, 0
        end
      end
    end
    write(user, record, absent)
  end
end
turn()
return 1
