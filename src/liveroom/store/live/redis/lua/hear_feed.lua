-- uses: time common verify feed
-- ARGV: 5 least time between two publications, 6 and 7 the known epoch and offset, 8 how many publications at most, 9 the
-- server's run id. Returns epoch, offset, rev of the list, 1 if it is the caller's turn, and what came after the known
-- offset; an empty epoch when there is none.
local known, free = epoch(), is_free()
if known == '' then
  return {''}
end
if free then
  claim()
end
local passed = NOW - (fact('t') or 0)
local turn = free and (passed < 0 or passed >= tonumber(ARGV[5]))
local offset, found = tonumber(fact('o')), {}
if known == ARGV[6] and offset > tonumber(ARGV[7]) then
  for number, entry in ipairs(call('XRANGE', KEYS[4], '(' .. ARGV[7] .. '-1', '+', 'COUNT', ARGV[8])) do
    found[number] = entry[2][2]
  end
end
return {known, offset, tonumber(call('HGET', KEYS[1], 'v') or 0), turn and 1 or 0, found}
