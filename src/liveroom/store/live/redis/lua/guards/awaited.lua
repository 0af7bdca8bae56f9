-- ARGV.waits_until: until when somebody waits for this script, in this server's time, in milliseconds. A command may
-- have waited in the socket of a server that stood still; it changes nothing afterwards.
if NOW - ARGV.clock_ahead >= tonumber(ARGV.waits_until) then
  return redis.error_reply('LATE command')
end
