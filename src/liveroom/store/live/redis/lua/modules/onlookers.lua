-- What a user is to a room for which something was arranged (`domain.privacy.visibility` has the rules).
function Onlookers.look(user, fixed, options)
  local raw = options[OPTIONS.guarded] == 1 and call('HGET', KEYS.room, 's:' .. user)
  local access = raw and unpack_(raw) or ACCESS{role = 0, banned_until = 0, muted_until = 0, invited = 0}
  return ONLOOKER{
    owner = fixed[FIXED.owner] == user and 1 or 0,
    holder = fixed[FIXED.holder] == user and 1 or 0,
    member = call('HEXISTS', KEYS.members, user),
    role = access[ACCESS.role],
    banned_until = access[ACCESS.banned_until],
    invited = access[ACCESS.invited],
  }
end
