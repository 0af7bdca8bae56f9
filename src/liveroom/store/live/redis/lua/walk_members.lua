-- uses: bucket
-- Returns the next cursor, and users and records by turns: members of a room, or the users of a bucket.
return call('HSCAN', KEYS.members, ARGV.cursor, 'COUNT', ARGV.most)
