-- Takes out of a journal what was saved (ARGV.ids), and gives the claim back. Returns how many entries are left, and
-- how many of the saved ones were still there.
local struck = 0
for first = ARG.ids, #ARGV, 1000 do
  struck = struck + call('XDEL', KEYS.journal, unpack(ARGV, first, math.min(first + 999, #ARGV)))
end
if call('GET', KEYS.claim) == ARGV.me then
  call('DEL', KEYS.claim)
end
return {call('XLEN', KEYS.journal), struck}
