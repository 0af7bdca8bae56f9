-- uses: bucket
-- Returns the next cursor and rooms.
return call('SSCAN', KEYS.rooms, ARGV.cursor, 'COUNT', ARGV.most)
