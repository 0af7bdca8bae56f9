-- uses: time common room events stage alarms
-- KEYS: 15 rooms, 16 tombs, 17 ages of the tombs, 18 subs, 19 subscribers, 20 going, 21 lapses,
-- 22 alarms, 23 said, 24 likers. ARGV: 3 fixed, 4 card, 5 rev, 6 broadcast, 7 grace, 8 how many stays to end in one call, 9 options (or ''),
-- 10 when it ends (0: never), 11 standings {user, role, banned until, muted until, invited, rev}, packed, 12 the options
-- of a room of which nothing was arranged. Returns nothing (there is no room), 'more', or the room's picture.
local rev, room = tonumber(ARGV[5]), read_room()
local tomb = call('HGET', KEYS[16], ROOM)
tomb = tomb and unpack_(tomb)
if room and rev <= room.rev then
  return not room.closing and picture(room)
end
if tomb and rev <= tomb[1] then
  return false
end
local same = room and room.broadcast == ARGV[6]

-- Options without whether somebody has a standing: that is nothing to tell.
local function announced_options(packed)
  local options = packed and unpack_(packed) or unpack_(ARGV[12])
  options[9] = 0
  return pack(options)
end

local function become(user, member, role)
  member[1] = role
  write_member(user, member)
  rank(user, member)
  journal(room, user, member)
  tell_role(room, user, member)
end

-- Make the new owner a host, and of the former one who stays what they are without owning it.
local function pass_on(from)
  local heir, left, known = read_member(room.owner), read_member(from), room.options and standing(from)
  if heir and heir[1] == 0 then
    become(room.owner, heir, 1)
  end
  if left and left[1] > 0 and not (room.hosts or (known and known[1] == 1)) then
    become(from, left, 0)
  end
end

-- Put off whoever has a seat that the room does not have any more, or has locked; tell how seats are now.
local function fit(before)
  local was, is = unpack_(before or ARGV[12]), unpack_(room.options or ARGV[12])
  if was[3] == is[3] and was[4] == is[4] and was[5] == is[5] then
    return
  end
  local stage, kept, moves = read_stage(), {}, {}
  for _, one in ipairs(stage.seats) do
    if one[1] > is[3] or math.floor(is[5] / 2 ^ (one[1] - 1)) % 2 == 1 then
      moves[#moves + 1] = {one[2], read_member(one[2]), 0, 0}
      silence_on(stage, one[2], one[3])
    else
      kept[#kept + 1] = one
    end
  end
  stage.seats = kept
  write_stage(stage)
  reseat(room, moves)
  tell_seats(room, stage)
end

if room and not same then
  local named = not room.closing and call('HLEN', KEYS[3]) <= CROWD
  local left, ended = end_stays(room, tonumber(ARGV[8]), {})
  if left > 0 then
    call('HSET', KEYS[2], 'p', 1)
    return 'more'
  end
  tell_closing(room, named and ended or {}, 'destroyed')
end
local version = math.max(room and room.version or 0, tomb and tomb[2] or 0)
if not same then
  call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[18], KEYS[19], KEYS[20], KEYS[23], KEYS[24])
  call('ZREM', KEYS[21], ROOM)
  call('ZADD', KEYS[7], whole(NOW + ARGV[7]), ROOM)
  call('HDEL', KEYS[16], ROOM)
  call('ZREM', KEYS[17], ROOM)
end
call('HSET', KEYS[2], 'f', ARGV[3], 'c', ARGV[4], 'v', whole(version))
call('SADD', KEYS[15], ROOM)
put_options(ARGV[9])
if not same then
  silence()
end
set_end(tonumber(ARGV[10]))
local former = room
if same then
  room = read_room()
  reckon(room, ARGV[7])
  changed(room)
  local was, is = unpack_(former.fixed), unpack_(room.fixed)
  local differs = false
  for _, field in ipairs({3, 4, 5, 8, 9}) do
    differs = differs or was[field] ~= is[field]
  end
  -- Whether it is barred is told to nobody in it: lists show that. Its options are told as such.
  local options = announced_options(former.options) ~= announced_options(room.options)
  local aside = (was[10] or 0) ~= (is[10] or 0) or former.options ~= room.options
  local only_aside = not differs and aside and former.card == room.card
  if options then
    tell_room(room, 'room.options_changed')
  end
  if differs or (was[2] == is[2] and not only_aside) then
    tell_room(room, 'room.updated')
  end
  if was[2] ~= is[2] then
    tell_room(room, 'room.owner_changed')
    pass_on(was[2])
  end
  fit(former.options)
  tell_shown(room, former.hidden)
else
  write_standings(unpack_(ARGV[11]))
  begin_epoch()
  room = read_room()
  changed(room)
  tell_room(room, 'room.opened')
end
send(room)
return picture(room)
