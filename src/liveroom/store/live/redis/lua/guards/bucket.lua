-- The bucket has to be there. Its facts say so (FACTS).
if call('HEXISTS', KEYS.facts, FACTS.epoch) == 0 then
  return redis.error_reply('LOST bucket')
end
