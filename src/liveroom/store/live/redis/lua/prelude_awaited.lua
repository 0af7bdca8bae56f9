-- The last argument, before the server's run id where that is given: until when somebody waits for this, in this server's
-- time, in milliseconds. A command that waited in the socket of a server that stood still changes nothing afterwards.
do
  local due = ARGV[#ARGV]
  if #due ~= 13 then
    due = ARGV[#ARGV - 1]
  end
  if NOW - ARGV[1] >= tonumber(due) then
    return redis.error_reply('LATE command')
  end
end
