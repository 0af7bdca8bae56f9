-- Outside sources by their numbers: 1 IM, 2 the room's IM group, 3 TRTC, 4 LiveKit. From MEDIA on they are a room's
-- media: when one of these ends, the presence entries end that were made before. LiveKit's participants come once: one
-- that has gone does not come back, and a newer one replaces it.
Outside.MEDIA, Outside.PARTICIPANTS = 3, 4

function Outside.is_there(one)
  if one[OUTSIDE.source] == Outside.PARTICIPANTS then
    return one[OUTSIDE.started] > 0 and one[OUTSIDE.ended] == 0
  end
  return one[OUTSIDE.started] > one[OUTSIDE.ended]
end

-- Replace the outside sources of a record. `first`: since when the user was online, which stays so.
function Outside.put(record, kept, first)
  record[USER.outside] = #kept > 0 and kept or nil
  local oldest = Users.online_since(record)
  if first and oldest and first < oldest then
    record[USER.online_since] = first
  end
end
