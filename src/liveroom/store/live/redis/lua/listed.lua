-- uses: common
-- KEYS: 1 facts, 2 dirty, 3 tenants. ARGV: room and version by turns. Returns how many rooms are still dirty.
for number = 1, #ARGV, 2 do
  local room = ARGV[number]
  local version = call('ZSCORE', KEYS[2], room)
  if version and tonumber(version) <= tonumber(ARGV[number + 1]) then
    call('ZREM', KEYS[2], room)
    call('HDEL', KEYS[3], room)
  end
end
return call('ZCARD', KEYS[2])
