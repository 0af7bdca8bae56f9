-- uses: time claimed room events stage alarms
-- KEYS: 15 rooms, 16 tombs, 17 ages of the tombs, 18 subs, 19 subscribers, 20 going, 21 lapses, 22 alarms,
-- 23 said, 24 likers. ARGV: 3 first part, 4 last part, 5 fixed, 6 card, 7 stays {stay, user,
-- role, name, avatar, joined, order, {session, place, ...}, keepalive, seat, mutes}, 8 gone; packed. 9 least version, 10 grace, 11 options
-- (or ''), 12 when it ends, 13 standings (put_room), 14 likes, 15 seats (prelude_stage), packed.
if ARGV[3] == '1' then
  local was = call('HMGET', KEYS[2], 'v', 'f', 'z', 'y')
  local version = tonumber(was[1] or 0)
  local likes, writes = ARGV[14], false
  if was[2] and unpack_(was[2])[6] == unpack_(ARGV[5])[6] then
    -- What is known of its likes is no older than what the ledger knows.
    likes, writes = math.max(likes, was[3] or 0), was[4]
  else
    call('DEL', KEYS[24])
  end
  call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[18], KEYS[19], KEYS[20], KEYS[23])
  call('ZREM', KEYS[7], ROOM)
  call('ZREM', KEYS[21], ROOM)
  call('SADD', KEYS[15], ROOM)
  call('HDEL', KEYS[16], ROOM)
  call('ZREM', KEYS[17], ROOM)
  call('HSET', KEYS[2], 'f', ARGV[5], 'c', ARGV[6], 'v', whole(math.max(version, ARGV[9])))
  put_options(ARGV[11])
  set_end(tonumber(ARGV[12]))
  write_standings(unpack_(ARGV[13]))
  call('HSET', KEYS[2], 'z', whole(likes))
  if writes then
    call('HSET', KEYS[2], 'y', writes)
  end
  local seats = unpack_(ARGV[15])
  if #seats > 0 then
    write_stage({version = 0, seats = seats, requests = {}, writes = '', silenced = {}})
  end
  begin_epoch()
end
local room = read_room()
for _, stay in ipairs(unpack_(ARGV[7])) do
  local member = {stay[3], '', stay[4], stay[5], stay[6], stay[7], stay[1], stay[8], stay[9]}
  local known = room.options and standing(stay[2])
  mark_moderator(member, known and known[1] == 3 or false)
  mark_seat(member, stay[10], stay[11])
  write_member(stay[2], member)
  call('ZADD', KEYS[4], stay[7], stay[2])
  rank(stay[2], member)
  room.last = math.max(room.last, stay[7])
end
call('HSET', KEYS[2], 'n', whole(room.last))
for _, user in ipairs(unpack_(ARGV[8])) do
  call('SADD', KEYS[6], user)
end
if ARGV[4] == '1' then
  reckon(room, ARGV[10])
  changed(room)
  tell_doubt()
end
return 1
