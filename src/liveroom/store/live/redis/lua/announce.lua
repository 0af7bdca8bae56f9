-- uses: time awaited common room events
-- ARGV: 3 tenant, 4 the announcement's id, 5 kind, 6 data (JSON), 7 by whom (or ''), 8 (1) whether it keeps the pace.
-- Returns -1 when the tenant has no such room, else in how many ms what was gathered is due.
--
-- The room's field a has the ids of the last ones: a script whose answer was lost runs again, and is to tell nothing
--   then. What it has gathered leaves with somebody's beat.
local REMEMBERED = 32 * 17
local room = read_room()
if not room or room.closing or room.tenant ~= ARGV[3] then
  return -1
end
local ids, id = call('HGET', KEYS[2], 'a') or '', ARGV[4] .. ' '
if string.find(ids, id, 1, true) or not is_heard(room) then
  return 0
end
local paced, log = ARGV[8] == '1', room.log
if paced and log[5] >= CROWD then
  return 0
end
call('HSET', KEYS[2], 'a', string.sub(ids .. id, -REMEMBERED))
log[2] = log[2] + 1
add(paced and 'a' or 's', pack({ARGV[5], log[2], NOW, '', false, false, false, ARGV[6], ARGV[7]}))
urgent = not paced
return send(room)
