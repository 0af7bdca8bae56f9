-- uses: time
-- Claims to build a list that is lost, for ARGV.lease ms. Returns 1 when it falls to the caller.
-- KEYS.claim: until when it is whose. KEYS.places is made anew.
local epoch, run_id, placed = unpack(call('HMGET', KEYS.facts, LIST.epoch, LIST.run_id, LIST.placed))
if epoch and run_id == ARGV.run_id and placed then
  return 0
end
local kept = call('GET', KEYS.claim)
if kept then
  local till, holder = string.match(kept, '^(%d+) (%w+)$')
  if tonumber(till) > NOW and holder ~= ARGV.me then
    return 0
  end
end
call('SET', KEYS.claim, string.format('%.0f %s', NOW + ARGV.lease, ARGV.me), 'PX', ARGV.lease)
call('HDEL', KEYS.facts, LIST.epoch, LIST.placed)
call('UNLINK', KEYS.places)
call('HINCRBY', KEYS.facts, LIST.generation, 1)
return 1
