-- uses: common
-- KEYS: 1 facts, 2 rooms. ARGV: 1 cursor, 2 how many. Returns the next cursor and rooms.
return call('SSCAN', KEYS[2], ARGV[1], 'COUNT', ARGV[2])
