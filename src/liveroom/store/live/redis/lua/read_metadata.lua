-- uses: bucket
-- Returns a room's metadata (METADATA, packed), or 0 (the tenant has no such room), 1 (the user is no member), 2 (it is
-- not kept here).
local packed, closing, metadata = unpack(call('HMGET', KEYS.room, ROOM.fixed, ROOM.closing, ROOM.metadata))
if not packed or closing or unpack_(packed)[FIXED.tenant] ~= ARGV.tenant then
  return 0
end
if call('HEXISTS', KEYS.members, ARGV.user) == 0 then
  return 1
end
return metadata or 2
