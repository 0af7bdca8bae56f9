-- uses: common
-- KEYS: 1 facts, 2 room. ARGV: 1 the last number that a message of the room has in SQL (0: none), 2 in which broadcast.
-- From now on messages are numbered from there.
local facts = call('HMGET', KEYS[2], 'f', 't')
if facts[1] and not facts[2] then
  local older = unpack_(facts[1])[6] == ARGV[2] and 1 or 0
  call('HSET', KEYS[2], 't', pack({tonumber(ARGV[1]), older, 0, 0, 0, 0, 0}))
end
return 1
