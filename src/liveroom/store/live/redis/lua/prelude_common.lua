-- KEYS[1]: the bucket's facts: e(poch), r(un id of the server that it was verified on), s(wept), h(old until), l(ooked at
-- for lapsed subscriptions), f(rom when on those count).
-- HEARD: for how long after its last listener a room tells what happens, in milliseconds.
local HEARD = 120000
local call, pack, unpack_ = redis.call, cmsgpack.pack, cmsgpack.unpack
if call('HEXISTS', KEYS[1], 'e') == 0 then
  return redis.error_reply('LOST bucket')
end
local function whole(number)
  return string.format('%.0f', number)
end
