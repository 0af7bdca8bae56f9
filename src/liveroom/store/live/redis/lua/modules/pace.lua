-- How much may be said, by one member and in a room (`domain.messages.pace` has the same).

-- In how many ms a speaker may write again, and whether it is slow mode that makes them wait so long. `most`: how many
-- messages in the window (0: any). `slow`: ms between two.
function Pace.wait_of_speaker(speaker, most, slow)
  local recent, wait = {}, 0
  for _, at in ipairs(speaker[SPEAKER.times]) do
    if at <= NOW and at > NOW - MESSAGES.each_window then
      recent[#recent + 1] = at
    end
  end
  speaker[SPEAKER.times] = recent
  if most > 0 and #recent >= most then
    wait = recent[#recent - most + 1] + MESSAGES.each_window - NOW
  end
  local held = math.min(speaker[SPEAKER.last] + slow - NOW, slow)
  return math.max(wait, held), slow > 0 and held >= wait
end

-- In how many ms the room takes a message of this size again, which takes `most` in a second.
function Pace.wait_of_room(talk, priority, size, most)
  local second_over = talk[TALK.began] + MESSAGES.room_window
  if NOW < talk[TALK.began] or NOW >= second_over then
    talk[TALK.began], second_over = NOW, NOW + MESSAGES.room_window
    talk[TALK.messages], talk[TALK.bytes], talk[TALK.high_messages], talk[TALK.high_bytes] = 0, 0, 0, 0
  end
  local count, bytes, most_bytes = talk[TALK.messages], talk[TALK.bytes], MESSAGES.crowd_bytes
  if priority == 'high' then
    count, bytes = talk[TALK.high_messages], talk[TALK.high_bytes]
    most, most_bytes = MESSAGES.high_a_second, MESSAGES.high_bytes
  elseif priority == 'low' then
    most, most_bytes = math.ceil(most / 2), most_bytes / 2
  end
  local full = count >= most or bytes + size > most_bytes
  return full and second_over - NOW or 0
end

-- Count a message of this size.
function Pace.count(talk, priority, size)
  if priority == 'high' then
    talk[TALK.high_messages], talk[TALK.high_bytes] = talk[TALK.high_messages] + 1, talk[TALK.high_bytes] + size
  else
    talk[TALK.messages], talk[TALK.bytes] = talk[TALK.messages] + 1, talk[TALK.bytes] + size
  end
end
