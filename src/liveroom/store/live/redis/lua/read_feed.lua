-- uses: time common verify feed
-- ARGV: 5 the server's run id. Returns epoch, offset, rev, and room and record by turns; an empty epoch when there is none.
local known = epoch()
if known == '' then
  return {''}
end
return {known, tonumber(fact('o')), tonumber(fact('v')), call('HGETALL', KEYS[3])}
