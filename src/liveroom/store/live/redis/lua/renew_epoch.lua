-- uses: time common room events
-- ARGV: 3 the epoch that is known. A room that still has it begins another, with what was gathered.
local room = read_room()
if not room or room.closing or room.log[1] ~= ARGV[3] then
  return 0
end
local former, entries, due = room.log, call('LRANGE', KEYS[12], 0, -1), call('ZSCORE', KEYS[13], ROOM)
begin_epoch()
if #entries > 0 then
  local log = read_room().log
  for field = 4, 8 do
    log[field] = former[field]
  end
  for number, entry in ipairs(entries) do
    local letter = string.sub(entry, 1, 1)
    if letter ~= 'o' and letter ~= 'c' then
      local event = unpack_(string.sub(entry, 2))
      log[2] = log[2] + 1
      event[2] = log[2]
      entries[number] = letter .. pack(event)
    end
  end
  for first = 1, #entries, 1000 do
    call('RPUSH', KEYS[12], unpack(entries, first, math.min(first + 999, #entries)))
  end
  call('ZADD', KEYS[13], due or whole(NOW), ROOM)
  save_log(log)
end
tell_doubt()
return 1
