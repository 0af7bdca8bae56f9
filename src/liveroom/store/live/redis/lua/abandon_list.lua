-- Gives the claim to build a list back, if ARGV.me has it.
local kept = call('GET', KEYS.claim)
if kept and string.match(kept, '^%d+ (%w+)$') == ARGV.me then
  call('DEL', KEYS.claim)
end
return 1
