-- uses: time bucket
-- Returns rooms that are due (KEYS.due: rooms by when they are).
return call('ZRANGEBYSCORE', KEYS.due, '-inf', whole(NOW), 'LIMIT', 0, ARGV.most)
