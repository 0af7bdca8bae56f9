-- uses: time bucket channels
-- Ends subscriptions that have lapsed, unless an outage is just over. Returns presence entries of members whose last
-- subscription is over (MEMBER_ENTRY, packed); they are named again 30 s later. Who has entered since a subscription
-- was renewed last does not have to leave for it.
-- ARGV: most: how many users to name. lease: how long a subscription lasts.
local spared = tonumber(call('HGET', KEYS.facts, FACTS.spared_until) or 0)
if NOW < spared then
  call('ZADD', KEYS.lapses, whole(spared), Channels.ROOM_ID)
  return pack({})
end
local lapsed = call('ZRANGEBYSCORE', KEYS.subs, '-inf', whole(NOW), 'WITHSCORES', 'LIMIT', 0, 1000)
for at = 1, #lapsed, 2 do
  local subscription, user = lapsed[at], Channels.user_of(lapsed[at])
  local last, entered = Channels.unsubscribe(subscription, user)
  if last and not (entered and entered >= lapsed[at + 1] - ARGV.lease) then
    call('ZADD', KEYS.going, whole(NOW), user)
  end
end

local function entries_of(user, packed)
  local member, found = unpack_(packed), {}
  local own, host = member[MEMBER.entries], member[MEMBER.role] > 0 and 1 or 0
  for at = 1, #own, 2 do
    found[#found + 1] = MEMBER_ENTRY{user = user, session = own[at], id = own[at + 1], host = host}
  end
  return found
end

local entries = {}
for _, user in ipairs(call('ZRANGEBYSCORE', KEYS.going, '-inf', whole(NOW), 'LIMIT', 0, ARGV.most)) do
  local packed = call('HGET', KEYS.members, user)
  if packed then
    for _, entry in ipairs(entries_of(user, packed)) do
      entries[#entries + 1] = entry
    end
    call('ZADD', KEYS.going, whole(NOW + PRESENCE.named_again), user)
  else
    call('ZREM', KEYS.going, user)
  end
end
local _, next_lapse = unpack(call('ZRANGE', KEYS.subs, 0, 0, 'WITHSCORES'))
local _, next_going = unpack(call('ZRANGE', KEYS.going, 0, 0, 'WITHSCORES'))
if next_lapse or next_going then
  call('ZADD', KEYS.lapses, math.min(next_lapse or math.huge, next_going or math.huge), Channels.ROOM_ID)
else
  call('ZREM', KEYS.lapses, Channels.ROOM_ID)
end
return pack(entries)
