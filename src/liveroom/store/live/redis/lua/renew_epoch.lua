-- uses: time common room events
-- Lets a room that still has this epoch (ARGV.epoch) begin another, which takes over what was gathered.
local room = read_room()
if not room or room.closing or room.log[LOG.epoch] ~= ARGV.epoch then
  return 0
end
local former, entries = room.log, call('LRANGE', KEYS.gathered, 0, -1)
local due = call('ZSCORE', KEYS.pending, ROOM_ID)
begin_epoch()
if #entries > 0 then
  room = read_room()
  local log = room.log
  log[LOG.told], log[LOG.gathered], log[LOG.unnamed] = former[LOG.told], former[LOG.gathered], former[LOG.unnamed]
  log[LOG.held], log[LOG.shows] = former[LOG.held], former[LOG.shows]
  for number, entry in ipairs(entries) do
    local letter = string.sub(entry, 1, 1)
    if letter ~= 'o' and letter ~= 'c' then
      local event = unpack_(string.sub(entry, 2))
      event[EVENT.seq] = next_seq(room)
      entries[number] = letter .. pack(event)
    end
  end
  for first = 1, #entries, 1000 do
    call('RPUSH', KEYS.gathered, unpack(entries, first, math.min(first + 999, #entries)))
  end
  call('ZADD', KEYS.pending, due or whole(NOW), ROOM_ID)
  save_log(log)
end
publish_doubt()
return 1
