-- uses: time awaited common user
-- ARGV[6]: {user, place} of places that were told to go and may stay: a subscription to their room vouches.
for _, spared in ipairs(unpack_(ARGV[6])) do
  local user, record = spared[1], read(spared[1])
  local absent = is_absent(record)
  for _, place in ipairs(record[5]) do
    if place[1] == spared[2] and (place[6] or 0) > 0 then
      place[4], place[6] = math.floor(NOW / 1000), 0
      write(user, record, absent)
      break
    end
  end
end
turn()
return 1
