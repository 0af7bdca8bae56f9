-- uses: time common verify feed
-- ARGV: 5 the epoch that the caller knows (or empty), 6 the new one, 7 and 8 the list's epoch and rev, then room and record
-- by turns; last the server's run id. Returns 1 when the epoch has begun.
if epoch() ~= ARGV[5] or call('HGET', KEYS[1], 'e') ~= ARGV[7] or (ARGV[5] ~= '' and not is_free()) then
  return 0
end
call('DEL', KEYS[2], KEYS[3], KEYS[4])
call('HSET', KEYS[2], 'e', ARGV[6], 'l', ARGV[7], 'o', 0, 'v', ARGV[8])
for number = 9, #ARGV - 1, 2 do
  call('HSET', KEYS[3], ARGV[number], ARGV[number + 1])
end
claim()
return 1
