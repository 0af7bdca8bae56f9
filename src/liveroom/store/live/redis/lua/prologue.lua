-- Comes before every script.
local call, pack, unpack_ = redis.call, cmsgpack.pack, cmsgpack.unpack
local function whole(number)
  return string.format('%.0f', number)
end
