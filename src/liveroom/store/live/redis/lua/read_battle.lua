-- uses: bucket
-- Returns what is counted and told of a room's battle (BATTLE, packed), or nothing.
return call('HGET', KEYS.room, ROOM.battle)
