-- Sharded channels: what a script publishes is delivered when the script has ended.
local Words = ...
local select, text = select, Words.text
local Channels = {published = {}}
local MOST = 2000 -- words that are taken at once
local receivers = {} -- channel -> how many receive what is published on it
local commands = {}

-- Note that one more receives, or one less (`by` -1).
function Channels.count(channel, by)
  local count = (receivers[channel] or 0) + by
  receivers[channel] = count > 0 and count or nil
end

-- Return channels and messages that were published, by turns: the first of many.
function Channels.take()
  local published, rest = Channels.published, {}
  for at = MOST + 1, #published do
    rest[at - MOST] = published[at]
  end
  Channels.published = rest
  return unpack(published, 1, math.min(#published, MOST))
end

-- How many receive what is published on a channel.
function Channels.receivers(channel)
  return receivers[channel] or 0
end

-- Have a message delivered.
function Channels.publish(channel, message)
  local published = Channels.published
  published[#published + 1], published[#published + 2] = channel, message
end

-- SPUBLISH: return how many receive the message.
function commands.SPUBLISH(channel, message)
  local count = receivers[channel]
  if not count then
    return 0
  end
  Channels.publish(channel, text(message))
  return count
end

-- PUBSUB SHARDNUMSUB: return each channel and how many receive what is published on it.
function commands.PUBSUB(what, ...)
  if what ~= 'SHARDNUMSUB' then
    error(Words.SYNTAX, 0)
  end
  local found = {}
  for number = 1, select('#', ...) do
    local channel = select(number, ...)
    found[2 * number - 1], found[2 * number] = channel, receivers[channel] or 0
  end
  return found
end

return Channels, commands
