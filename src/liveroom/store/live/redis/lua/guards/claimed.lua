-- Whoever runs a script of a rebuild has to have the claim (KEYS.claim), and keeps it.
if call('GET', KEYS.claim) ~= ARGV.me .. ':' .. ARGV.run_id then
  return redis.error_reply('LOST claim')
end
call('PEXPIRE', KEYS.claim, 10000)
