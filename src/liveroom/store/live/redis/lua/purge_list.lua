-- uses: time lists
-- Takes rooms off a list that nobody has put there since it was lost. Returns the next cursor.
local generation = tonumber(call('HGET', KEYS.facts, LIST.generation) or 0)
local cursor, found = unpack(call('HSCAN', KEYS.rooms, ARGV.cursor, 'COUNT', ARGV.most))
for at = 1, #found, 2 do
  local room, row = found[at], unpack_(found[at + 1])
  if row[LISTED_ROOM.generation] ~= generation and row[LISTED_ROOM.listed] == 1 then
    Lists.take_off(room, row)
    Lists.add_tomb(room)
    call('HSET', KEYS.rooms, room, pack(row))
  end
end
return cursor
