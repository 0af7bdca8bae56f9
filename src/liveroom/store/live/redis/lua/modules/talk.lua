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

-- Emit the event of a message (MESSAGE). key: as its author has sent it, or ''. quote: what it answers (QUOTE), or nil.
function Talk.emit(room, letter, kind, message, key, by, quote)
  if Events.is_heard(room) then
    local said = MESSAGE_EVENT{message = message, key = key, quote = quote}
    Events.emit(letter, Events.announcement(room, kind, said, by))
  end
end

-- How the room's field `announced` names a message that was taken back when it was none of the newest any more.
function Talk.recall_mark(number)
  return string.format('r%015.0f ', tonumber(number))
end

-- Whether a message was taken back, as far as that is known here: of the newest, and of others that were lately.
function Talk.is_recalled(number)
  local found = unpack(call('ZRANGEBYSCORE', KEYS.said, whole(number), whole(number)))
  if found then
    return unpack_(found)[MESSAGE.recalled] > 0
  end
  local marks = call('HGET', KEYS.room, ROOM.announced) or ''
  return string.find(marks, Talk.recall_mark(number), 1, true) ~= nil
end
