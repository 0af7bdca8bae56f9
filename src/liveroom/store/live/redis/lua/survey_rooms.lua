-- uses: time bucket verify
-- Says what there is to do in a bucket of rooms. Returns how many stays wait in the journal, how many rooms are dirty,
-- in how many something gathered is due, in how many subscriptions may have lapsed, how many alarms are due, how many
-- messages wait to be saved, whether SQL may not know all likes, and rooms without a host whose grace is over.
-- ARGV: grace: what such rooms get after an outage. gap: after so long without a look there was one. orphans: how many
-- such rooms to name, at most once a second whoever asks (0: none). spared: for how long subscriptions are after an
-- outage.
local now, gap = whole(NOW), tonumber(ARGV.gap)
local answer = {
  call('XLEN', KEYS.journal), call('ZCARD', KEYS.dirty), call('ZCOUNT', KEYS.pending, '-inf', now),
  call('ZCOUNT', KEYS.lapses, '-inf', now), call('ZCOUNT', KEYS.alarms, '-inf', now), call('XLEN', KEYS.talk),
  call('EXISTS', KEYS.liked),
}
local last_sweep, last_look = unpack(call('HMGET', KEYS.facts, FACTS.swept, FACTS.looked))
local looked = tonumber(last_look or NOW)
if not last_look or NOW - looked >= 1000 then
  call('HSET', KEYS.facts, FACTS.looked, now)
end
if NOW - looked > gap then
  call('HSET', KEYS.facts, FACTS.spared_until, whole(NOW + ARGV.spared))
end
local swept, most = tonumber(last_sweep or 0), tonumber(ARGV.orphans)
if most == 0 or NOW - swept < 1000 then
  return answer
end
call('HSET', KEYS.facts, FACTS.swept, now)
local late = NOW - swept > gap
for _, room in ipairs(call('ZRANGEBYSCORE', KEYS.due, '-inf', now, 'LIMIT', 0, late and -1 or most)) do
  if late then
    call('ZADD', KEYS.due, whole(NOW + ARGV.grace), room)
  else
    answer[#answer + 1] = room
  end
end
return answer
