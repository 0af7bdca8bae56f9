-- KEYS: 2 room, 3 members.
-- What a user is to a room of which something was arranged, given its fields f and o, unpacked: 1 owner, 2 holder, 3
-- member, 4 role that they were appointed to, 5 banned until, 6 invited (`domain.privacy` has the rules).
local function onlooker(user, fixed, options)
  local known = options[9] == 1 and call('HGET', KEYS[2], 's:' .. user)
  known = known and unpack_(known) or {0, 0, 0, 0}
  return {
    fixed[2] == user and 1 or 0, fixed[3] == user and 1 or 0, call('HEXISTS', KEYS[3], user), known[1], known[2], known[4],
  }
end
