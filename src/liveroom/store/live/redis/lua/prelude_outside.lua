-- Outside sources, by their numbers: 1 IM, 2 IM's group of a room, 3 TRTC, 4 LiveKit. From 3 on the end of one ends the
-- places in its room that were taken before. The participants of 4 come once: gone for good, replaced by a newer one.
local MEDIA, PARTICIPANTS = 3, 4

local function is_there(one)
  if one[1] == PARTICIPANTS then
    return one[4] > 0 and one[5] == 0
  end
  return one[4] > one[5]
end

-- Replace the outside sources of a record, keeping since when (`first`) the user is online.
local function put_outside(record, kept, first)
  record[7] = kept[1] and kept or nil
  local oldest = since(record)
  if first and oldest and first < oldest then
    record[6] = first
  end
end
