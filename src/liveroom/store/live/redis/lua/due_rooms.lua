-- uses: time common
-- KEYS: 1 facts, 2 rooms by when they are due. ARGV: 2 how many. Returns those that are.
return call('ZRANGEBYSCORE', KEYS[2], '-inf', whole(NOW), 'LIMIT', 0, ARGV[2])
