-- NOW, in milliseconds. ARGV.clock_ahead: by how much the caller's clock is ahead of this server's (0 in production).
local NOW
do
  local seconds, microseconds = unpack(call('TIME'))
  NOW = seconds * 1000 + math.floor(microseconds / 1000) + ARGV.clock_ahead
end
