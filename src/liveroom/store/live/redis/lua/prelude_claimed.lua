-- For scripts of a rebuild: whoever runs them has to have the claim (KEYS.claim), and keeps it.
local call, pack, unpack_ = redis.call, cmsgpack.pack, cmsgpack.unpack
if call('GET', KEYS.claim) ~= ARGV.me .. ':' .. ARGV.run_id then
  return redis.error_reply('LOST claim')
end
call('PEXPIRE', KEYS.claim, 10000)
local function whole(number)
  return string.format('%.0f', number)
end
