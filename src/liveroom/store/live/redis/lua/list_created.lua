-- uses: common verify page
-- KEYS: 1 facts, 2 rooms, 3 cards, 4 index. ARGV: 1 what the caller has, 2 from name, 3 to name (excluded), 4 how much of
-- a name stands before opened, 5 offset, 6 limit, 7 the server's run id. Returns the token, and unless that is what the
-- caller has, the cards and the last name when there are more.
if TOKEN == ARGV[1] then
  return {TOKEN}
end
local limit = tonumber(ARGV[6])
local found = call('ZREVRANGEBYLEX', KEYS[4], ARGV[3], ARGV[2], 'LIMIT', ARGV[5], limit + 1)
local rooms, from = {}, tonumber(ARGV[4]) + 14
for number = 1, math.min(#found, limit) do
  rooms[number] = string.sub(found[number], from)
end
return {TOKEN, (cards_of(rooms)), #found > limit and string.sub(found[limit] or '', from - 13) or ''}
