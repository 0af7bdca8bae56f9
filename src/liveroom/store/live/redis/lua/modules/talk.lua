-- Messages of a room.
--
-- The room's field `talk` (TALK) says how far they are; it is not there before somebody has asked SQL for the last
-- number.
-- KEYS.said: the newest messages by number (MESSAGE, packed). KEYS.talk: a stream of such messages that SQL has to be
-- told of.
function Talk.read()
  local raw = call('HGET', KEYS.room, ROOM.talk)
  return raw and unpack_(raw)
end

-- Emit the event of a message (MESSAGE). key: as its author has sent it, or ''.
function Talk.emit(room, letter, kind, message, key, by)
  if Events.is_heard(room) then
    Events.emit(letter, Events.announcement(room, kind, MESSAGE_EVENT{message = message, key = key}, by))
  end
end
