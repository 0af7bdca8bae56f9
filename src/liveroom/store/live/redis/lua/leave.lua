-- uses: time awaited bucket rooms events seats
-- Takes a user out of a room, or one of their sessions. Returns nothing when they had no such presence entry; else the
-- entry and its session, whether they were a host, whether this hides the room, whether they left a seat, in how many
-- ms what was gathered is due, and the room (SUMMARY).
-- ARGV: session (''): of every session. entry (''): any. if_deserted (1): only if they have neither entered nor
-- subscribed since their last subscription was found to be over.
local user, id, only = ARGV.user, ARGV.session, ARGV.entry
local room = Rooms.read()
local member = room and not room.closing and Rooms.read_member(user)
if not member or (ARGV.if_deserted == '1' and not call('ZSCORE', KEYS.going, user)) then
  return false
end
local entries, kept, ended, ended_session, ended_entry = member[MEMBER.entries], {}, 0, nil, nil
for at = 1, #entries, 2 do
  local session, entry = entries[at], entries[at + 1]
  if (id == '' or id == session) and (only == '' or only == entry) then
    ended = ended + 1
    if ended == 1 then
      ended_session, ended_entry = session, entry
    end
  else
    kept[#kept + 1], kept[#kept + 2] = session, entry
  end
end
if ended == 0 then
  if id ~= '' or only ~= '' then
    return false
  end
  ended_session, ended_entry = '', member[MEMBER.stay]
end

local function unsubscribe()
  call('ZREM', KEYS.going, user)
  local packed = call('HGET', KEYS.subscribers, user)
  if not packed then
    return
  end
  call('HDEL', KEYS.subscribers, user)
  local quiet = call('HLEN', KEYS.subscribers) > EVENTS.crowd
  for _, subscription in ipairs(unpack_(packed)) do
    if type(subscription) == 'string' then
      call('ZREM', KEYS.subs, subscription)
      if not quiet then
        call('SPUBLISH', KEYS.news, pack({'l', subscription}))
      end
    end
  end
end

-- Free the seat of a member who has left. Returns the seat map if they had one.
local function free_seat()
  if not member[MEMBER.seat] then
    return nil
  end
  local map, seats = Seats.read(), {}
  for _, seat in ipairs(map.seats) do
    if seat[SEAT.user] ~= user then
      seats[#seats + 1] = seat
    end
  end
  map.seats = seats
  Seats.remember_mute(map, user, member[MEMBER.mutes] or 0)
  Seats.write(map)
  Seats.mark(member, 0, 0)
  return map
end

local was_hidden, wait, freed = room.hidden, 0, nil
member[MEMBER.entries] = kept
if #kept > 0 then
  Rooms.raise_version(room)
  Rooms.write_member(user, member)
  Rooms.journal(room, user, member)
else
  call('HDEL', KEYS.members, user)
  call('ZREM', KEYS.order, user)
  call('ZREM', KEYS.hosts, user)
  call('SADD', KEYS.gone, user)
  Rooms.update_visibility(room, ARGV.grace)
  Rooms.note_change(room)
  Rooms.journal(room, user, member, ARGV.reason)
  unsubscribe()
  freed = free_seat()
  Events.emit_member(room, 'member.left', user, member, ARGV.reason)
  if freed then
    Seats.emit(room, freed, (ARGV.reason == 'left' or ARGV.reason == 'elsewhere') and user, ARGV.reason)
  end
  Events.emit_visibility(room, was_hidden)
  wait = Events.publish_or_gather(room)
end
local host, hidden = member[MEMBER.role] > 0 and 1 or 0, room.hidden and not was_hidden and 1 or 0
return {ended_entry, ended_session, host, hidden, freed and 1 or 0, wait, Rooms.summary(room)}
