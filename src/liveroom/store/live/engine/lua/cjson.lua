-- cjson as far as scripts use it: texts as JSON, with what Redis escapes in them.
local format, gsub, type = string.format, string.gsub, type

local ESCAPED = {
  ['"'] = '\\"', ['\\'] = '\\\\', ['/'] = '\\/', ['\b'] = '\\b', ['\t'] = '\\t', ['\n'] = '\\n', ['\f'] = '\\f',
  ['\r'] = '\\r', ['\127'] = '\\u007f',
}
for number = 0, 31 do
  local character = string.char(number)
  ESCAPED[character] = ESCAPED[character] or format('\\u%04x', number)
end

local function encode(text)
  if type(text) ~= 'string' then
    error('Cannot serialise ' .. type(text) .. ': only texts', 2)
  end
  return '"' .. gsub(text, '[%z\1-\31"/\\\127]', ESCAPED) .. '"'
end

return {encode = encode}
