-- Returns 1 when one of the two halves of a filter has all of ARGV.bits, else 0.
local newer, older = true, true
for at = ARG.bits, #ARGV do
  newer = newer and call('GETBIT', KEYS.newer, ARGV[at]) == 1
  older = older and call('GETBIT', KEYS.older, ARGV[at]) == 1
end
return (newer or older) and 1 or 0
