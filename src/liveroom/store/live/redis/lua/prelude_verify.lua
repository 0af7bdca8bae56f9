-- The last argument is the id of the server process that executes this: after a failover or restart the bucket is
-- what that server happened to have, and is compared with the ledger first.
if call('HGET', KEYS[1], 'r') ~= ARGV[#ARGV] then
  return redis.error_reply('LOST server')
end
