-- uses: time common user
-- ARGV[6]: {user, session, kind, issued} of each sign of life. Returns a 1 or (it has ended) 0 for each.
local verdicts = {}
local function renewed(user, id, kind, issued)
  if kind == 2 then
    return not has_ended(user, id, issued)
  end
  local record = read(user)
  local absent = is_absent(record)
  if not beat(user, record, id, kind, issued) then
    return false
  end
  write(user, record, absent)
  return true
end

for number, sign in ipairs(unpack_(ARGV[6])) do
  verdicts[number] = renewed(unpack(sign)) and '1' or '0'
end
turn()
return table.concat(verdicts)
