-- uses: time common verify feed
-- ARGV: 5 after which offset (with 6: before which; 0: from the newest), 6 newest first (1), 7 how many at most, 8 the
-- server's run id. Returns epoch, offset and publications; an empty epoch when there is none.
local known, found, entries = epoch(), {}, nil
if known == '' then
  return {''}
end
if ARGV[6] == '1' then
  local last = ARGV[5] == '0' and '+' or '(' .. ARGV[5] .. '-1'
  entries = call('XREVRANGE', KEYS[4], last, '-', 'COUNT', ARGV[7])
else
  entries = call('XRANGE', KEYS[4], '(' .. ARGV[5] .. '-1', '+', 'COUNT', ARGV[7])
end
for number, entry in ipairs(entries) do
  found[number] = entry[2][2]
end
return {known, tonumber(fact('o')), found}
