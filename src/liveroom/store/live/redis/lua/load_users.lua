-- uses: time claimed users
-- Fills users of a lost bucket from SQL. ARGV: users: RESTORED_USER. dropped: NAMED_ENTRY, entries to forget. ended:
-- ENDED, what is over; each packed.
for _, row in ipairs(unpack_(ARGV.ended)) do
  local user, sessions, before = row[ENDED.user], row[ENDED.sessions], row[ENDED.original_before]
  for _, id in ipairs(sessions) do
    call('ZADD', KEYS.ended, row[ENDED.at], user .. '\0' .. id)
  end
  if before then
    call('ZADD', KEYS.ended, 'GT', before, user .. '\0')
  end
  Users.forget_sessions(user, sessions, before)
end
for _, dropped in ipairs(unpack_(ARGV.dropped)) do
  local user = dropped[NAMED_ENTRY.user]
  local record = Users.read(user)
  local absent, kept = Users.is_absent(record), {}
  for _, entry in ipairs(record[USER.entries]) do
    if entry[ENTRY.id] ~= dropped[NAMED_ENTRY.id] then
      kept[#kept + 1] = entry
    end
  end
  record[USER.entries] = kept
  Users.write(user, record, absent)
end

-- Give one lease to a session that only SQL knows. Returns false when it has ended.
local function vouch(user, record, id, keepalive)
  local session = Users.session_of(record, id)
  if not session then
    if call('ZSCORE', KEYS.ended, user .. '\0' .. id) then
      return false
    end
    session = Users.new_session(record, id)
  end
  session[SESSION.keepalive] = math.max(session[SESSION.keepalive], keepalive)
  session[SESSION.expires] = math.max(session[SESSION.expires], NOW + Users.lease_of(record, session))
  return true
end

local function end_entries(record, session)
  for _, entry in ipairs(record[USER.entries]) do
    if entry[ENTRY.session] == session then
      Users.let_end(entry, NOW - PRESENCE.named_again)
    end
  end
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
local function keep_newest(record)
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

for _, row in ipairs(unpack_(ARGV.users)) do
  local user = row[RESTORED_USER.user]
  local record = Users.read(user)
  local absent = Users.is_absent(record)
  for _, restored in ipairs(row[RESTORED_USER.entries]) do
    local id, session = restored[RESTORED_ENTRY.id], restored[RESTORED_ENTRY.session]
    if not Users.has_entry(record, id) then
      Users.add_entry(record, ENTRY{
        id = id, session = session, room = restored[RESTORED_ENTRY.room], entered = math.floor(NOW / 1000),
        host = restored[RESTORED_ENTRY.host], going = 0, replaced_by = false, replaced_at = 0, restored = 1,
      })
    end
    if not vouch(user, record, session, restored[RESTORED_ENTRY.keepalive]) then
      end_entries(record, session)
    end
  end
  keep_newest(record)
  Users.write(user, record, absent)
end
Users.write_wheel()
return 1
