-- End a try: take tokens, or give some back. Only a try that is under way gets anything back.
--
-- Words: how many tokens to take, under 0 to give back; then u when a refusal was not told of after
--        all.

local ends = redis.call('ZSCORE', KEYS[1], try)
local is_live = ends and tonumber(ends) > at
redis.call('ZREM', KEYS[1], try)
for number = 1, #KEYS - 1 do
  local bucket = read(number, 3 * number)
  local count, told = string.match(bucket.word, '^(-?%d+)(%a?)$')
  count = tonumber(count)
  if count > 0 or (count < 0 and is_live) then
    spend(bucket, count)
  end
  if told ~= '' then
    tell(bucket, false)
  end
end
return 1
