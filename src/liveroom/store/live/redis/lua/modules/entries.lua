-- Which presence entry of a user replaces which (`domain.presence.entries` has the same).

-- Let a session have an entry in a room: this one, unless it has one there. Returns which it has, and its audience
-- entries elsewhere, which are to end.
function Entries.claim(record, new)
  local mine
  for _, entry in ipairs(record[USER.entries]) do
    if entry[ENTRY.session] == new[ENTRY.session] and entry[ENTRY.room] == new[ENTRY.room] then
      mine = entry
    end
  end
  if not mine then
    mine = new
    Users.add_entry(record, mine)
  else
    mine[ENTRY.entered], mine[ENTRY.host] = new[ENTRY.entered], math.max(mine[ENTRY.host], new[ENTRY.host])
    if (mine[ENTRY.going] or 0) > 0 or mine[ENTRY.replaced_by] or mine[ENTRY.restored] == 1 then
      -- Somebody may be about to end this entry, perhaps since before the bucket was rebuilt. A new id keeps them from
      -- ending what begins now. Entries that this one replaced now end together with the one that replaced it, or with
      -- the new one.
      Users.pass_replaced(record, mine[ENTRY.id], mine[ENTRY.replaced_by] or new[ENTRY.id])
      mine[ENTRY.id] = new[ENTRY.id]
      mine[ENTRY.going], mine[ENTRY.replaced_by], mine[ENTRY.replaced_at], mine[ENTRY.restored] = nil, nil, nil, nil
    end
  end
  -- Entries that were replaced earlier are named again: whoever replaced them may have broken off before they had
  -- ended, and to leave twice changes nothing.
  local former = {}
  for _, entry in ipairs(record[USER.entries]) do
    if entry ~= mine and entry[ENTRY.session] == new[ENTRY.session] and entry[ENTRY.host] == 0 then
      if not entry[ENTRY.replaced_by] then
        entry[ENTRY.going] = entry[ENTRY.going] or 0
        entry[ENTRY.replaced_by], entry[ENTRY.replaced_at] = mine[ENTRY.id], NOW
      end
      former[#former + 1] = entry
    end
  end
  return mine, former
end

local function release_replaced(record, id, other, refused)
  for _, entry in ipairs(record[USER.entries]) do
    if entry[ENTRY.replaced_by] == id then
      if other then
        entry[ENTRY.replaced_by] = other
      elseif refused then
        entry[ENTRY.going] = entry[ENTRY.going] or 0
        entry[ENTRY.replaced_by], entry[ENTRY.replaced_at] = false, 0
      else
        entry[ENTRY.going] = NOW - PRESENCE.named_again
      end
    end
  end
end

-- Forget an entry. `refused`: its room did not let the user in, so that what it replaced is as before. Otherwise that
-- ends now together with what replaced the dropped one, or at once.
function Entries.drop(record, id, refused)
  local kept, other = {}, false
  for _, entry in ipairs(record[USER.entries]) do
    if entry[ENTRY.id] == id then
      other = entry[ENTRY.replaced_by] or false
    else
      kept[#kept + 1] = entry
    end
  end
  record[USER.entries] = kept
  release_replaced(record, id, other, refused)
end

-- Ids sort by when they were made, byte by byte; Lua's own order is that of the server's locale.
local function is_newer(id, other)
  for at = 1, math.min(#id, #other) do
    local one, two = string.byte(id, at), string.byte(other, at)
    if one ~= two then
      return one > two
    end
  end
  return #id > #other
end

-- Keep the newest of a session's audience entries: that the others had been replaced was lost with the bucket.
function Entries.keep_newest(record)
  local newest = {}
  local function counts(entry)
    return entry[ENTRY.host] == 0 and not entry[ENTRY.replaced_by] and (entry[ENTRY.going] or 0) == 0
  end
  for _, entry in ipairs(record[USER.entries]) do
    local known = newest[entry[ENTRY.session]]
    if counts(entry) and (not known or is_newer(entry[ENTRY.id], known)) then
      newest[entry[ENTRY.session]] = entry[ENTRY.id]
    end
  end
  for _, entry in ipairs(record[USER.entries]) do
    if counts(entry) and newest[entry[ENTRY.session]] ~= entry[ENTRY.id] then
      entry[ENTRY.going], entry[ENTRY.replaced_by], entry[ENTRY.replaced_at] = NOW - PRESENCE.named_again, false, 0
    end
  end
end
