-- Gives a claim back, if ARGV.me has it: another may try.
local holder = call('GET', KEYS.claim)
if holder and string.sub(holder, 1, #ARGV.me) == ARGV.me then
  call('DEL', KEYS.claim)
end
return 1
