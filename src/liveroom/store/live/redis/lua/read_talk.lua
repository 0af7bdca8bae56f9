-- uses: common
-- KEYS: 1 facts, 2 room, 3 members, 4 said, 5 talk. ARGV: 1 tenant, 2 user, who has to be a member ('': whoever), 3 below
-- which number ('+inf', or '(' and the number), 4 how many.
-- Returns 'none', 'out', {'fresh', broadcast} (SQL is to be asked first), or the broadcast, whether SQL may have older
-- ones, how many messages SQL has to be told, and messages, the newest first.
local room = call('HMGET', KEYS[2], 'f', 'p', 't')
local fixed = room[1] and unpack_(room[1])
if not fixed or room[2] or fixed[1] ~= ARGV[1] then
  return 'none'
elseif ARGV[2] ~= '' and call('HEXISTS', KEYS[3], ARGV[2]) == 0 then
  return 'out'
elseif not room[3] then
  return {'fresh', fixed[6]}
end
local found = call('ZREVRANGEBYSCORE', KEYS[4], ARGV[3], '-inf', 'LIMIT', 0, ARGV[4])
return {fixed[6], unpack_(room[3])[2], call('XLEN', KEYS[5]), unpack(found)}
