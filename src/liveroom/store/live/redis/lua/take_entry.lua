-- uses: time awaited bucket users
-- Notes that a session enters a room. Returns nothing when the session has ended, else TAKEN, packed: the same however
-- often this runs.
local user, id, room = ARGV.user, ARGV.session, ARGV.room
local record = Users.read(user)
local absent = Users.is_absent(record)
local session = Users.heartbeat(user, record, id, tonumber(ARGV.kind), tonumber(ARGV.issued))
if not session then
  return false
end
local second, host = math.floor(NOW / 1000), tonumber(ARGV.host)
local mine
for _, entry in ipairs(record[USER.entries]) do
  if entry[ENTRY.session] == id and entry[ENTRY.room] == room then
    mine = entry
  end
end
if not mine then
  mine = ENTRY{id = ARGV.entry, session = id, room = room, entered = second, host = host}
  Users.add_entry(record, mine)
else
  mine[ENTRY.entered], mine[ENTRY.host] = second, math.max(mine[ENTRY.host], host)
  if (mine[ENTRY.going] or 0) > 0 or mine[ENTRY.replaced_by] or mine[ENTRY.restored] == 1 then
    -- Somebody may be about to end this entry, perhaps since before the bucket was rebuilt. A new id keeps them from
    -- ending what begins now. Entries that this one replaced now end together with the one that replaced it, or with
    -- the new one.
    Users.pass_replaced(record, mine[ENTRY.id], mine[ENTRY.replaced_by] or ARGV.entry)
    mine[ENTRY.id] = ARGV.entry
    mine[ENTRY.going], mine[ENTRY.replaced_by], mine[ENTRY.replaced_at], mine[ENTRY.restored] = nil, nil, nil, nil
  end
end
-- Entries that were replaced earlier are named again: whoever replaced them may have broken off before they had ended,
-- and to leave twice changes nothing.
local former = {}
for _, entry in ipairs(record[USER.entries]) do
  if entry ~= mine and entry[ENTRY.session] == id and entry[ENTRY.host] == 0 then
    if not entry[ENTRY.replaced_by] then
      entry[ENTRY.going] = entry[ENTRY.going] or 0
      entry[ENTRY.replaced_by], entry[ENTRY.replaced_at] = mine[ENTRY.id], NOW
    end
    former[#former + 1] = Users.user_entry(user, entry)
  end
end
if ARGV.kind ~= '2' then
  session[SESSION.expires] = NOW + Users.lease_of(record, session)
end
local answer = pack(TAKEN{
  id = mine[ENTRY.id], name = record[USER.name], avatar = record[USER.avatar], former = former,
  keepalive = session[SESSION.keepalive],
})
Users.write(user, record, absent)
Users.write_wheel()
return answer
