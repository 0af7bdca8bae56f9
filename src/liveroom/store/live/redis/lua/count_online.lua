-- uses: time bucket
-- Returns how many users have a session, or are vouched for.
return call('HLEN', KEYS.users) - call('SCARD', KEYS.absent)
