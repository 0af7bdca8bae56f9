-- Runs one script for several buckets: with the keys and arguments of each, one after the other. Returns the answers;
-- a bucket's error is its answer.
-- KEYS: keys_each of each. ARGV: calls: of each, how many arguments, and these. run_id: of the server, for each; ''
-- unless the script takes one.
local function one(KEYS, ARGV)
  SCRIPT
end
local keys_each, run_id = tonumber(ARGV.keys_each), ARGV.run_id
local answers, at = {}, ARG.calls
for first = KEY.keys, #KEYS, keys_each do
  local count = tonumber(ARGV[at])
  local args = {unpack(ARGV, at + 1, at + count)}
  if run_id ~= '' then
    args[count + 1] = run_id
  end
  answers[#answers + 1] = one({unpack(KEYS, first, first + keys_each - 1)}, args) or false
  at = at + count + 1
end
return answers
