-- uses: time common room events
-- ARGV: 3 broadcast, 4 version, 5 value, 6 kind and 7 data of what is told (or ''), 8 by whom. Returns in how many ms what
-- was gathered is due. What is kept: read_metadata.
local room = read_room()
if not room or room.closing or room.broadcast ~= ARGV[3] then
  return 0
end
local version, tells = tonumber(ARGV[4]), ARGV[6] ~= ''
local kept = call('HGET', KEYS[2], 'd')
kept = kept and unpack_(kept)
if kept and (kept[1] > version or (kept[1] == version and (kept[3] == 1 or not tells))) then
  return 0
end
call('HSET', KEYS[2], 'd', pack({version, ARGV[5], tells and 1 or 0}))
if not tells or not is_heard(room) then
  return 0
end
room.log[2] = room.log[2] + 1
add('s', pack({ARGV[6], room.log[2], NOW, '', false, false, false, ARGV[7], ARGV[8]}))
urgent = true
return send(room)
