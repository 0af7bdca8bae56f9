-- Says that a list is built, if ARGV.me still has the claim. Returns 1 when it does.
local kept = call('GET', KEYS.claim)
if not kept or string.match(kept, '^%d+ (%w+)$') ~= ARGV.me then
  return 0
end
call('HSET', KEYS.facts, LIST.epoch, ARGV.epoch, LIST.run_id, ARGV.run_id, LIST.placed, '1')
call('DEL', KEYS.claim)
return 1
