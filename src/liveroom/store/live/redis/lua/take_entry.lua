-- uses: time awaited bucket users entries
-- Notes that a session enters a room. Returns nothing when the session has ended, else TAKEN, packed: the same however
-- often this runs.
local user, id, room = ARGV.user, ARGV.session, ARGV.room
local record = Users.read(user)
local absent = Users.is_absent(record)
local session = Users.heartbeat(user, record, id, tonumber(ARGV.kind), tonumber(ARGV.issued))
if not session then
  return false
end
local mine, replaced = Entries.claim(record, ENTRY{
  id = ARGV.entry, session = id, room = room, entered = math.floor(NOW / 1000), host = tonumber(ARGV.host),
})
local former = {}
for number, entry in ipairs(replaced) do
  former[number] = Users.user_entry(user, entry)
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
