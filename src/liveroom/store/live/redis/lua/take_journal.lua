-- Takes what waits in a journal, for ARGV.lease ms. Returns id and row by turns, or nothing while another writes this
-- journal.
if call('XLEN', KEYS.journal) == 0 then
  return {}
end
local holder = call('GET', KEYS.claim)
if holder and holder ~= ARGV.me then
  return false
end
call('SET', KEYS.claim, ARGV.me, 'PX', ARGV.lease)
local answer = {}
for _, entry in ipairs(call('XRANGE', KEYS.journal, '-', '+', 'COUNT', ARGV.most)) do
  answer[#answer + 1] = entry[STREAM_ENTRY.id]
  answer[#answer + 1] = entry[STREAM_ENTRY.fields][STREAM_FIELD.value]
end
return answer
