-- uses: bucket
-- Reads a room's messages. Returns 'none', 'out', {'fresh', broadcast} (SQL is to be asked first), or the broadcast,
-- whether SQL may have older ones, how many messages SQL has to be told of, and messages (MESSAGE, packed), the newest
-- first.
-- ARGV: user: has to be a member (''): whoever. below: which number ('+inf', or '(' and the number).
local packed, closing, talk = unpack(call('HMGET', KEYS.room, ROOM.fixed, ROOM.closing, ROOM.talk))
local fixed = packed and unpack_(packed)
if not fixed or closing or fixed[FIXED.tenant] ~= ARGV.tenant then
  return 'none'
elseif ARGV.user ~= '' and call('HEXISTS', KEYS.members, ARGV.user) == 0 then
  return 'out'
elseif not talk then
  return {'fresh', fixed[FIXED.broadcast]}
end
local found = call('ZREVRANGEBYSCORE', KEYS.said, ARGV.below, '-inf', 'LIMIT', 0, ARGV.limit)
return {fixed[FIXED.broadcast], unpack_(talk)[TALK.older], call('XLEN', KEYS.talk), unpack(found)}
