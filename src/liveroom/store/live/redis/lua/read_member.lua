-- uses: bucket verify
-- Returns a member's record (MEMBER, packed).
return call('HGET', KEYS.members, ARGV.user)
