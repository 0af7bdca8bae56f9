-- Outside sources by their numbers: 1 IM, 2 the room's IM group, 3 TRTC, 4 LiveKit, 5 a pushed stream. From MEDIA on
-- they are a room's media: when one of these ends, the presence entries end that were made before. LiveKit's
-- participants come once: one that has gone does not come back.
--
-- What time makes of them is the same in `domain.presence.sightings`, where reports are taken too.
local MEDIA, PARTICIPANTS = 3, 4

local function is_there(one)
  if one[OUTSIDE.source] == PARTICIPANTS then
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

-- Was the user in the room's media since they entered (ms), and is in neither the media nor the IM group any more?
function Outside.has_left_media(record, room, entered)
  local left = false
  for _, one in ipairs(record[USER.outside] or Users.NONE) do
    if one[OUTSIDE.room] == room then
      local is_media = one[OUTSIDE.source] >= MEDIA
      if one[OUTSIDE.vouches] == 1 and (is_media or is_there(one)) then
        return false
      end
      left = left or (is_media and one[OUTSIDE.started] > 0 and one[OUTSIDE.ended] >= entered)
    end
  end
  return left
end

-- Let sources expire. One that has ended is remembered as such, and longer while the room's IM group vouches. Returns
-- the rooms of those of which nothing was heard for long, and of those other than media that had ended.
function Outside.expire(record)
  local kept, silent, left = {}, {}, {}
  for _, one in ipairs(record[USER.outside]) do
    if one[OUTSIDE.expires] <= NOW and one[OUTSIDE.vouches] == 1 then
      local room, is_silent = one[OUTSIDE.room], is_there(one)
      silent[room] = silent[room] or is_silent
      left[room] = left[room] or (not is_silent and one[OUTSIDE.source] < MEDIA)
      one[OUTSIDE.expires], one[OUTSIDE.vouches] = is_silent and NOW or NOW + PRESENCE.end_remembered, 0
    end
  end
  for _, one in ipairs(record[USER.outside]) do
    local is_over, is_media = one[OUTSIDE.expires] <= NOW, one[OUTSIDE.source] >= MEDIA
    if is_over and is_media and not is_there(one) and Users.is_vouched(record, one[OUTSIDE.room], 2) then
      one[OUTSIDE.expires], is_over = NOW + PRESENCE.end_remembered, false
    end
    if not is_over then
      kept[#kept + 1] = one
    end
  end
  return kept, silent, left
end
