-- One bucket of tokens, as policy/velocity.py reckons it, in whole milliseconds.
--
-- Kept is the moment at which it will be full, and " told" after it once a refusal was told of.
-- What is not kept is full, so a bucket expires at that moment by itself. Time is the caller's.
--
-- KEYS: tries under way at the place, then the buckets.
-- ARGV: now, the try's id, what the script at hand asks for, then three for each bucket: its size,
--       milliseconds for one token, and a word.

local at, try = tonumber(ARGV[1]), ARGV[2]

local function read(number, first)
  local size, refill = tonumber(ARGV[first]), tonumber(ARGV[first + 1])
  local kept = redis.call('GET', KEYS[number + 1]) or '0'
  local most = at + size * refill
  -- Later than that was kept by a clock that was ahead.
  local full_at = math.min(tonumber(string.match(kept, '^%d+')), most)
  return {
    key = KEYS[number + 1],
    size = size,
    refill = refill,
    full_at = full_at,
    due = math.max(0, full_at - at),
    told = string.find(kept, 'told', 1, true) ~= nil,
    word = ARGV[first + 2],
  }
end

local function keep(bucket)
  local left = bucket.full_at - at
  if left <= 0 then
    redis.call('DEL', bucket.key)
    return
  end
  local kept = string.format('%.0f', bucket.full_at) .. (bucket.told and ' told' or '')
  redis.call('SET', bucket.key, kept, 'PX', string.format('%.0f', left))
end

local function tell(bucket, told)
  bucket.told = told
  keep(bucket)
end

-- Whoever finds a token is admitted, so the next refusal is a new one.
local function spend(bucket, count)
  local most = bucket.size * bucket.refill
  if bucket.due <= most - bucket.refill then
    bucket.told = false
  end
  bucket.due = math.max(0, math.min(bucket.due + count * bucket.refill, most))
  bucket.full_at = at + bucket.due
  keep(bucket)
end
