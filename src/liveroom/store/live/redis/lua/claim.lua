-- Claims to rebuild a bucket. Returns 0 when the bucket is there, 1 when it falls to the caller to rebuild it, 2 when
-- another does.
local epoch, run_id = unpack(call('HMGET', KEYS.facts, FACTS.epoch, FACTS.run_id))
if epoch and run_id == ARGV.run_id then
  return 0
end
local claim = ARGV.me .. ':' .. ARGV.run_id
if not call('SET', KEYS.claim, claim, 'NX', 'PX', 10000) and call('GET', KEYS.claim) ~= claim then
  return 2
end
call('HDEL', KEYS.facts, FACTS.epoch)
return 1
