-- uses: bucket verify pages
-- Reads a page of a list, newest room first. Returns the token, and, unless the caller has that, the cards, and the
-- last name when there are more.
-- ARGV: token: of what the caller has. first, last_name: names in the index (the last is excluded). skip: how much of a
-- name stands before when the room was opened.
if Pages.TOKEN == ARGV.token then
  return {Pages.TOKEN}
end
local limit = tonumber(ARGV.limit)
local found = call('ZREVRANGEBYLEX', KEYS.index, ARGV.last_name, ARGV.first, 'LIMIT', ARGV.offset, limit + 1)
local rooms, from = {}, tonumber(ARGV.skip) + 14
for number = 1, math.min(#found, limit) do
  rooms[number] = string.sub(found[number], from)
end
return {Pages.TOKEN, (Pages.cards_of(rooms)), #found > limit and string.sub(found[limit] or '', from - 13) or ''}
