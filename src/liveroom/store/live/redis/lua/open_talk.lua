-- uses: common
-- KEYS: 1 facts, 2 room, 3 said. ARGV: 1 broadcast, 2 the last number that a message of the room has in SQL (0: none), 3 (1)
-- whether SQL may have older ones of this broadcast than these, 4 and on messages of it, packed, each behind its number.
-- From now on messages are numbered from there, unless somebody was faster or the broadcast is another.
local facts = call('HMGET', KEYS[2], 'f', 't')
if facts[1] and not facts[2] and unpack_(facts[1])[6] == ARGV[1] then
  call('HSET', KEYS[2], 't', pack({tonumber(ARGV[2]), tonumber(ARGV[3]), 0, 0, 0, 0, 0}))
  call('DEL', KEYS[3])
  for number = 4, #ARGV, 100 do
    call('ZADD', KEYS[3], unpack(ARGV, number, math.min(number + 99, #ARGV)))
  end
end
return 1
