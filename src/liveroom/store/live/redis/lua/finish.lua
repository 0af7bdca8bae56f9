-- uses: time claimed
-- KEYS: 1 facts, 2 claim. ARGV: 2 the new epoch, 3 for how long nothing expires.
call('HSET', KEYS[1], 'e', ARGV[2], 'r', ARGV[#ARGV], 's', whole(NOW), 'h', whole(NOW + ARGV[3]))
call('DEL', KEYS[2])
return 1
