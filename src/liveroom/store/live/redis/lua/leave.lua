-- uses: time awaited common room events stage
-- KEYS: 15 subs, 16 subscribers, 17 going. ARGV: 3 user, 4 session (empty: every session), 5 place (empty: any), 6 reason, 7 grace, 8 (1) only if
-- they have neither entered nor subscribed since they were found to be gone. Returns nothing when there was no such place, else place, session, host, hidden by this, a seat was left with it, in how many ms what was gathered is
-- due, and the room's picture.
local user, id, only = ARGV[3], ARGV[4], ARGV[5]
local room = read_room()
local member = room and not room.closing and read_member(user)
if not member or (ARGV[8] == '1' and not call('ZSCORE', KEYS[17], user)) then
  return false
end
local kept, ended = {}, {}
for number = 1, #member[8], 2 do
  local session, place = member[8][number], member[8][number + 1]
  local into = (id == '' or id == session) and (only == '' or only == place) and ended or kept
  into[#into + 1], into[#into + 2] = session, place
end
if #ended == 0 then
  if id ~= '' or only ~= '' then
    return false
  end
  ended = {'', member[7]}
end

local function unsubscribe()
  call('ZREM', KEYS[17], user)
  local seats = call('HGET', KEYS[16], user)
  if not seats then
    return
  end
  call('HDEL', KEYS[16], user)
  local quiet = call('HLEN', KEYS[16]) > CROWD
  for _, seat in ipairs(unpack_(seats)) do
    if type(seat) == 'string' then
      call('ZREM', KEYS[15], seat)
      if not quiet then
        call('SPUBLISH', KEYS[14], pack({'l', seat}))
      end
    end
  end
end

-- Free the seat of a member who has left; return the stage if there was one.
local function free()
  if not member[11] then
    return nil
  end
  local stage, seats = read_stage(), {}
  for _, one in ipairs(stage.seats) do
    if one[2] ~= user then
      seats[#seats + 1] = one
    end
  end
  stage.seats = seats
  silence_on(stage, user, member[12] or 0)
  write_stage(stage)
  mark_seat(member, 0, 0)
  return stage
end

local was_hidden, wait, freed = room.hidden, 0, nil
member[8] = kept
if #kept > 0 then
  raise(room)
  write_member(user, member)
  journal(room, user, member)
else
  call('HDEL', KEYS[3], user)
  call('ZREM', KEYS[4], user)
  call('ZREM', KEYS[5], user)
  call('SADD', KEYS[6], user)
  reckon(room, ARGV[7])
  changed(room)
  journal(room, user, member, ARGV[6])
  unsubscribe()
  freed = free()
  tell_member(room, 'member.left', user, member, ARGV[6])
  if freed then
    tell_seats(room, freed, (ARGV[6] == 'left' or ARGV[6] == 'elsewhere') and user, ARGV[6])
  end
  tell_shown(room, was_hidden)
  wait = send(room)
end
local hidden = room.hidden and not was_hidden and 1 or 0
return {ended[2], ended[1], member[1] > 0 and 1 or 0, hidden, freed and 1 or 0, wait, unpack(picture(room))}
