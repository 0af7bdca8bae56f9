-- The last key is the claim of a rebuild; the last arguments are who claims, and the server process that executes this.
local call, pack, unpack_ = redis.call, cmsgpack.pack, cmsgpack.unpack
if call('GET', KEYS[#KEYS]) ~= ARGV[#ARGV - 1] .. ':' .. ARGV[#ARGV] then
  return redis.error_reply('LOST claim')
end
call('PEXPIRE', KEYS[#KEYS], 10000)
local function whole(number)
  return string.format('%.0f', number)
end
