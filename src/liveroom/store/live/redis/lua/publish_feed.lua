-- uses: time common verify feed
-- ARGV: 5 and 6 the epoch and offset that it comes after, 7 rev of the list that it tells, 8 the publication, 9 how many are
-- kept, 10 how many rooms have gone, then these, then room and record by turns; last the server's run id. Returns 1 when it
-- was published.
if epoch() ~= ARGV[5] or fact('o') ~= ARGV[6] or fact('w') ~= ARGV[2] then
  return 0
end
local offset, first_shown = whole(ARGV[6] + 1), 11 + ARGV[10]
call('XADD', KEYS[4], 'MAXLEN', ARGV[9], offset .. '-1', 'p', ARGV[8])
for number = 11, first_shown - 1 do
  call('HDEL', KEYS[3], ARGV[number])
end
for number = first_shown, #ARGV - 1, 2 do
  call('HSET', KEYS[3], ARGV[number], ARGV[number + 1])
end
call('HSET', KEYS[2], 'o', offset, 'v', ARGV[7], 't', whole(NOW))
claim()
return 1
