-- ARGV[1]: how far the clock of the caller is ahead (0 in production), in milliseconds.
local NOW
do
  local time = redis.call('TIME')
  NOW = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
end
