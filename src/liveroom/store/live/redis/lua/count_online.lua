-- uses: time common
-- KEYS: 1 facts, 2 users, 3 absent. Returns how many users have a session.
return call('HLEN', KEYS[2]) - call('SCARD', KEYS[3])
