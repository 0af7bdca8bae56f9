-- uses: time awaited common room events talk
-- ARGV: 3 tenant, 4 broadcast, 5 number, 6 by whom, 7 the recalled message, packed: for one that said does not have. Returns
-- -1 when the tenant has no such broadcast, else in how many ms what was gathered is due.
--
-- Of messages that said does not have the room's field a has the last ones: a script whose answer was lost runs again.
local REMEMBERED = 32 * 17
local room = read_room()
if not room or room.closing or room.tenant ~= ARGV[3] or room.broadcast ~= ARGV[4] then
  return -1
end
local found, row = call('ZRANGEBYSCORE', KEYS[15], ARGV[5], ARGV[5])[1], nil
if found then
  row = unpack_(found)
  if row[14] > 0 then
    return 0
  end
  row[12], row[13], row[14], row[15] = '', '', NOW, ARGV[6]
  call('ZREM', KEYS[15], found)
  call('ZADD', KEYS[15], ARGV[5], pack(row))
else
  local ids, id = call('HGET', KEYS[2], 'a') or '', string.format('r%015.0f ', tonumber(ARGV[5]))
  if string.find(ids, id, 1, true) then
    return 0
  end
  call('HSET', KEYS[2], 'a', string.sub(ids .. id, -REMEMBERED))
  row = unpack_(ARGV[7])
end
call('XADD', KEYS[16], '*', 'm', pack(row))
local json = {'{"messageId":"', ARGV[5], '","userId":', quoted(row[6]), ',"by":', quoted(ARGV[6]), '}'}
tell_talk(room, 'a', 'message.recalled', table.concat(json), ARGV[6])
return send(room)
