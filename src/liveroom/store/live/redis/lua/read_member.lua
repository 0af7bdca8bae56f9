-- uses: common
-- KEYS: 1 facts, 2 members. ARGV[1]: user.
return call('HGET', KEYS[2], ARGV[1])
