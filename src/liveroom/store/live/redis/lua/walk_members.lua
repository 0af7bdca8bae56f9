-- uses: common
-- KEYS: 1 facts, 2 members. ARGV: 1 cursor, 2 how many. Returns the next cursor, and users and records by turns.
return call('HSCAN', KEYS[2], ARGV[1], 'COUNT', ARGV[2])
