-- uses: bucket
-- Says how far a broadcast's messages are in SQL: from now on they are numbered from there, unless somebody was faster
-- or the broadcast is another.
-- ARGV: last: the last number that a message of the room has (0: none). older (1): SQL may have messages of this
-- broadcast that are older than these. messages: number and message (MESSAGE, packed) by turns.
local fixed, known = unpack(call('HMGET', KEYS.room, ROOM.fixed, ROOM.talk))
if fixed and not known and unpack_(fixed)[FIXED.broadcast] == ARGV.broadcast then
  call('HSET', KEYS.room, ROOM.talk, pack(TALK{
    last = tonumber(ARGV.last), older = tonumber(ARGV.older), began = 0, messages = 0, bytes = 0, high_messages = 0,
    high_bytes = 0,
  }))
  call('DEL', KEYS.said)
  for at = ARG.messages, #ARGV, 100 do
    call('ZADD', KEYS.said, unpack(ARGV, at, math.min(at + 99, #ARGV)))
  end
end
return 1
