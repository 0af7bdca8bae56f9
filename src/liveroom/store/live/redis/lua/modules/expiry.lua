-- Which presence entries are to end (`domain.presence.entries` has the same).

local function reason(record, entry, held)
  local room = entry[ENTRY.room]
  if not Users.session_of(record, entry[ENTRY.session]) and not Users.is_vouched(record, room) then
    return 0
  end
  local by = entry[ENTRY.replaced_by]
  if by and (entry[ENTRY.replaced_at] + PRESENCE.named_again <= NOW or not Users.has_entry(record, by)) then
    return 0
  end
  if held then
    return nil
  end
  local is_old = entry[ENTRY.host] == 0 and entry[ENTRY.entered] * 1000 + Users.WAIT_AUDIENCE <= NOW
  local is_unseen = is_old and not Users.is_vouched(record, room, 2)
  return (is_unseen or Outside.has_left_media(record, room, entry[ENTRY.entered] * 1000)) and 1 or nil
end

-- Whether an entry is to end: 0: nothing vouches for it; 1: nothing about the room does, but a subscription to it
-- would; nil: it stays. One that was told to end already is told so again after a while. `held`: an outage is just over.
function Expiry.decide(record, entry, held)
  local going = entry[ENTRY.going] or 0
  if going == 0 then
    return reason(record, entry, held)
  end
  return going + PRESENCE.named_again <= NOW and (reason(record, entry, held) or 0) or nil
end
