-- uses: time claimed users entries
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
  Entries.keep_newest(record)
  Users.write(user, record, absent)
end
Users.write_wheel()
return 1
