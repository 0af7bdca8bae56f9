-- Messages of a room.
--
-- The room's field `talk` (TALK) says how far they are; it is not there before somebody has asked SQL for the last
-- number.
-- KEYS.said: the newest messages by number (MESSAGE, packed). KEYS.talk: a stream of such messages that SQL has to be
-- told of.
local ROLES = {[-1] = '', [0] = 'audience', 'anchor', 'owner', 'moderator', 'speaker'}

function Talk.read()
  local raw = call('HGET', KEYS.room, ROOM.talk)
  return raw and unpack_(raw)
end

function Talk.quoted(text)
  return cjson.encode(text)
end

-- A time as events write it; the days by Howard Hinnant's civil_from_days, for Redis offers no os.date.
local function iso(ms)
  local floor = math.floor
  local days = floor(ms / 86400000) + 719468
  local era = floor(days / 146097)
  local of_era = days - era * 146097
  local year = floor((of_era - floor(of_era / 1460) + floor(of_era / 36524) - floor(of_era / 146096)) / 365)
  local of_year = of_era - (365 * year + floor(year / 4) - floor(year / 100))
  local month = floor((5 * of_year + 2) / 153)
  local day = of_year - floor((153 * month + 2) / 5) + 1
  month = month < 10 and month + 3 or month - 9
  year = year + era * 400 + (month <= 2 and 1 or 0)
  return string.format(
    '%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', year, month, day,
    floor(ms / 3600000) % 24, floor(ms / 60000) % 60, floor(ms / 1000) % 60, ms % 1000
  )
end

-- A message that was just said as its event says it (`domain.messages.model` has the same).
function Talk.as_json(row, key)
  local user, text = row[MESSAGE.user], Talk.quoted(row[MESSAGE.text])
  local data = row[MESSAGE.data] == '' and 'null' or row[MESSAGE.data]
  if user == '' then
    return table.concat({'{"text":', text, ',"data":', data, '}'})
  end
  return table.concat({
    '{"messageId":"', whole(row[MESSAGE.number]), '","userId":', Talk.quoted(user),
    ',"name":', Talk.quoted(row[MESSAGE.name]), ',"avatar":', Talk.quoted(row[MESSAGE.avatar]),
    ',"role":"', ROLES[row[MESSAGE.role]], '","type":"', row[MESSAGE.type], '","text":', text,
    ',"data":', data, ',"priority":"', row[MESSAGE.priority], '","time":"', iso(row[MESSAGE.at]),
    '","recalled":false', key == '' and '' or ',"key":' .. Talk.quoted(key), '}',
  })
end

function Talk.emit(room, letter, kind, json, by)
  if Events.is_heard(room) then
    Events.emit(letter, Events.announcement(room, kind, json, by))
  end
end
