-- uses: time claimed
-- Says that a bucket is rebuilt. For ARGV.lease ms nothing in it expires.
call(
  'HSET', KEYS.facts, FACTS.epoch, ARGV.epoch, FACTS.run_id, ARGV.run_id, FACTS.swept, whole(NOW),
  FACTS.held_until, whole(NOW + ARGV.lease)
)
call('DEL', KEYS.claim)
return 1
