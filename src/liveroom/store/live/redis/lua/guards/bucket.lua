-- The bucket has to be there. Its facts say so (FACTS).
-- HEARD: for how long after its last listener a room goes on to publish what happens, in milliseconds.
local HEARD = 120000
if call('HEXISTS', KEYS.facts, FACTS.epoch) == 0 then
  return redis.error_reply('LOST bucket')
end
