-- KEYS: 15 said, 16 talk.
--
-- The room's field t: 1 the last number that a message got, 2 (1) whether SQL may have messages of this broadcast that are
--   older than those in said, 3 when the second began that is counted, 4 messages and 5 bytes in it, 6 and 7 those of high
--   priority; packed. It is not there before somebody has asked SQL for the last number.
-- said: the newest messages by number: 1 room, 2 tenant, 3 broadcast, 4 number, 5 at, 6 user, 7 name, 8 avatar, 9 role
--   (-1: a notice), 10 type, 11 priority, 12 text, 13 data (JSON or ''), 14 recalled at (0: not), 15 by whom; packed.
-- talk: a stream of such messages: what SQL has to be told.
local NAMES = {[-1] = '', [0] = 'audience', 'anchor', 'owner', 'moderator', 'speaker'}

local function read_talk()
  local raw = call('HGET', KEYS[2], 't')
  return raw and unpack_(raw)
end

local function quoted(text)
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

-- What is told of a message that was just said, as `domain.messages` says it.
local function said_as_json(row, key)
  local data = row[13] == '' and 'null' or row[13]
  if row[6] == '' then
    return table.concat({'{"text":', quoted(row[12]), ',"data":', data, '}'})
  end
  return table.concat({
    '{"messageId":"', whole(row[4]), '","userId":', quoted(row[6]), ',"name":', quoted(row[7]), ',"avatar":', quoted(row[8]),
    ',"role":"', NAMES[row[9]], '","type":"', row[10], '","text":', quoted(row[12]), ',"data":', data,
    ',"priority":"', row[11], '","time":"', iso(row[5]), '","recalled":false',
    key == '' and '' or ',"key":' .. quoted(key), '}',
  })
end

local function tell_talk(room, letter, kind, json, by)
  if is_heard(room) then
    room.log[2] = room.log[2] + 1
    add(letter, pack({kind, room.log[2], NOW, '', false, false, false, json, by}))
  end
end
