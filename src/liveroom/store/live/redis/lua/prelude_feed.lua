-- KEYS: 1 the list's facts, 2 channel (e: epoch, l: the list's epoch, o: offset of the newest publication, v: rev of the
-- list that it told, t: when it was published, w: who produces, c: until when that is claimed), 3 told: room -> record,
-- 4 publications: a stream whose ids are <offset>-1.
-- ARGV: 2 who, 3 how long a claim lasts, 4 how long a channel is kept that nobody listens to.
local function fact(name)
  return call('HGET', KEYS[2], name)
end

-- A channel ends with its list, and when nobody has listened for long.
local function epoch()
  local until_ = tonumber(fact('c') or 0)
  return fact('l') == call('HGET', KEYS[1], 'e') and NOW - until_ <= tonumber(ARGV[4]) and fact('e') or ''
end

local function is_free()
  return fact('w') == ARGV[2] or tonumber(fact('c') or 0) <= NOW
end

local function claim()
  call('HSET', KEYS[2], 'w', ARGV[2], 'c', whole(NOW + ARGV[3]))
  for number = 2, 4 do
    call('PEXPIRE', KEYS[number], ARGV[3] + ARGV[4])
  end
end
