-- uses: time awaited bucket rooms events talk
-- Recalls a message. Returns -1 when the tenant has no such broadcast, else in how many ms what was gathered is due.
-- ARGV: by: whose doing it is. message: the recalled message (MESSAGE, packed), for one that is not among the newest.
--
-- Of such messages the room's field `announced` has the last ones: a script whose answer was lost runs again.
local REMEMBERED = 32 * 17
local room = Rooms.read()
if not room or room.closing or room.tenant ~= ARGV.tenant or room.broadcast ~= ARGV.broadcast then
  return -1
end
local found, row = unpack(call('ZRANGEBYSCORE', KEYS.said, ARGV.number, ARGV.number)), nil
if found then
  row = unpack_(found)
  if row[MESSAGE.recalled] > 0 then
    return 0
  end
  row[MESSAGE.text], row[MESSAGE.data], row[MESSAGE.recalled], row[MESSAGE.recalled_by] = '', '', NOW, ARGV.by
  row[MESSAGE.reply_to], row[MESSAGE.mentions] = nil, nil
  call('ZREM', KEYS.said, found)
  call('ZADD', KEYS.said, ARGV.number, pack(row))
else
  local ids, id = call('HGET', KEYS.room, ROOM.announced) or '', Talk.recall_mark(ARGV.number)
  if string.find(ids, id, 1, true) then
    return 0
  end
  call('HSET', KEYS.room, ROOM.announced, string.sub(ids .. id, -REMEMBERED))
  row = unpack_(ARGV.message)
end
call('XADD', KEYS.talk, '*', 'm', pack(row))
Talk.emit(room, 'a', 'message.recalled', row, '', ARGV.by)
return Events.publish_or_gather(room)
