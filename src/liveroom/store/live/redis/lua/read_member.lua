-- uses: bucket
-- Returns a member's record (MEMBER, packed).
return call('HGET', KEYS.members, ARGV.user)
