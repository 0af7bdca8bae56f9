-- ARGV.run_id names the server process that executes this script. After a failover or a restart a bucket is whatever
-- that server happened to have: it has to be compared with SQL first.
if call('HGET', KEYS.facts, FACTS.run_id) ~= ARGV.run_id then
  return redis.error_reply('LOST server')
end
