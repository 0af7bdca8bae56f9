-- Subscriptions to a room. A subscription is named by its socket: client, user and session, with a NUL between each
-- two.
--
-- KEYS.subs: subscriptions by when they lapse. KEYS.subscribers: user -> their subscriptions, packed, and behind them
--   when they entered since the newest of them. KEYS.going: users who have none left, and when their stay is to end.
-- KEYS.lapses: rooms, and when something in them may lapse (one that was renewed is looked at too early).
Channels.ROOM_ID = ARGV.room

function Channels.user_of(subscription)
  local first = string.find(subscription, '\0', 1, true)
  return string.sub(subscription, first + 1, string.find(subscription, '\0', first + 1, true) - 1)
end

-- Publish that somebody subscribed (j) or that a subscription is over (l), unless there is a crowd.
function Channels.publish(letter, subscription)
  if call('HLEN', KEYS.subscribers) <= EVENTS.crowd then
    call('SPUBLISH', KEYS.news, pack({letter, subscription}))
  end
end

-- The subscriptions of a user, and when they entered the room since the newest of them.
function Channels.subscriptions_of(user)
  local packed = call('HGET', KEYS.subscribers, user)
  local found = packed and unpack_(packed) or {}
  local entered = type(found[#found]) == 'number' and table.remove(found) or nil
  return found, entered
end

-- End a subscription. Returns whether it was its user's last, and when they entered since.
function Channels.unsubscribe(subscription, user)
  if call('ZREM', KEYS.subs, subscription) == 0 then
    return false
  end
  local kept = {}
  local found, entered = Channels.subscriptions_of(user)
  for _, other in ipairs(found) do
    if other ~= subscription then
      kept[#kept + 1] = other
    end
  end
  local last = #kept == 0
  if not last then
    kept[#kept + 1] = entered
    call('HSET', KEYS.subscribers, user, pack(kept))
  else
    call('HDEL', KEYS.subscribers, user)
  end
  Channels.publish('l', subscription)
  return last, entered
end
