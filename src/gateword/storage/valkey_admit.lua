-- Admit a try, or say which bucket refuses it; the first one that does, decides.
--
-- Further ARGV: when the try will have expired; whether it comes from a known place ('' when nobody
--               has looked yet). An empty id is a try that is over at once.
-- Words: a = every try takes a token, p = tries under way at the place count as taken,
--        s = known places are spared, t = only tells.
-- Returns: admitted, busy, blocked or unsure (look whether the place is known, and ask again);
--          which bucket; 1 when its refusal was not told of yet; buckets to tell of; when each
--          bucket would have been full.

local ends, known = ARGV[3], ARGV[4]
local under_way = 0
if try ~= '' then
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', at)
  under_way = redis.call('ZCARD', KEYS[1])
end

local buckets, full_at, to_tell = {}, {}, {}
for number = 1, #KEYS - 1 do
  buckets[number] = read(number, 2 + 3 * number)
  full_at[number] = buckets[number].full_at
end

-- Asked again, because the answer was late: it has been admitted, and has paid.
if try ~= '' and redis.call('ZSCORE', KEYS[1], try) then
  return {'admitted', 0, 0, {}, full_at}
end

local function is(bucket, letter)
  return string.find(bucket.word, letter, 1, true) ~= nil
end

for number, bucket in ipairs(buckets) do
  local most = (bucket.size - 1) * bucket.refill
  local is_empty = bucket.due > most
  local is_busy = not is_empty and is(bucket, 'p') and bucket.due > most - under_way * bucket.refill
  if is(bucket, 't') then
    if is_empty and not bucket.told then
      table.insert(to_tell, number)
    end
  elseif (is_empty or is_busy) and not (is(bucket, 's') and known == '1') then
    if is(bucket, 's') and known == '' then
      return {'unsure', number, 0, {}, full_at}
    elseif is_busy then
      return {'busy', number, 0, {}, full_at}
    end
    local is_first = bucket.told and 0 or 1
    tell(bucket, true)
    return {'blocked', number, is_first, {}, full_at}
  end
end

for _, bucket in ipairs(buckets) do
  if is(bucket, 'a') then
    spend(bucket, 1)
  end
end
for _, number in ipairs(to_tell) do
  tell(buckets[number], true)
end
if try ~= '' then
  redis.call('ZADD', KEYS[1], ends, try)
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', tonumber(ends) - at))
end
return {'admitted', 0, 0, to_tell, full_at}
