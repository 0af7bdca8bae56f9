-- uses: time bucket rooms events
-- Lets a room that still has this epoch (ARGV.epoch) begin another, which takes over what was gathered.
local room = Rooms.read()
if not room or room.closing or room.log[LOG.epoch] ~= ARGV.epoch then
  return 0
end
local former, entries = room.log, Events.with_gifts(call('LRANGE', KEYS.gathered, 0, -1))
local due = call('ZSCORE', KEYS.pending, Rooms.ID)
Events.begin_epoch()
if #entries > 0 then
  room = Rooms.read()
  local log = room.log
  log[LOG.published], log[LOG.gathered], log[LOG.unnamed] = former[LOG.published], former[LOG.gathered], former[LOG.unnamed]
  log[LOG.held], log[LOG.shows] = former[LOG.held], former[LOG.shows]
  for number, entry in ipairs(entries) do
    local letter = string.sub(entry, 1, 1)
    if letter ~= 'o' and letter ~= 'c' then
      local event = unpack_(string.sub(entry, 2))
      event[EVENT.seq] = Events.next_seq(room)
      entries[number] = letter .. pack(event)
    end
  end
  for first = 1, #entries, 1000 do
    call('RPUSH', KEYS.gathered, unpack(entries, first, math.min(first + 999, #entries)))
  end
  call('ZADD', KEYS.pending, due or whole(NOW), Rooms.ID)
  Events.save_log(log)
end
Events.publish_doubt()
return 1
