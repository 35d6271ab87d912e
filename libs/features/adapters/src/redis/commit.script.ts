import { scriptOf } from './script.js';

/** How many values a command of the script has at most: Lua unpacks no more than about 8,000. */
export const MOST_VALUES = 4000;

/** A batch of one partition, as a whole or not at all. Its first write is refused when memory is short, and then none is made. */
export const COMMIT = scriptOf(`
-- KEYS: 1 the head of a generation of a partition, 2 its event ids; of the partition, 3 which generation is live and 4 the newest; then every
--   key that is written.
-- ARGV: 1 the cursor it must have; 2 the cursor that means that this has been committed before, or ''; 3 the generation; 4 the first
--   hour whose event ids are kept; 5 how many older ones are forgotten at most; then commands, each as: name, place of its key in KEYS, number of
--   values, values.
-- Reply: '' when it is committed, 'generation' when this one is neither the live one nor the newest, else the cursor that is there.
if ARGV[3] ~= (redis.call('GET', KEYS[3]) or '1') and ARGV[3] ~= (redis.call('GET', KEYS[4]) or '1') then return 'generation' end
local cursor = redis.call('HGET', KEYS[1], 'cursor') or '0'
if cursor == ARGV[2] then
  -- Written once more, so that WAIT has something to wait for.
  redis.call('HSET', KEYS[1], 'cursor', cursor)
  return ''
end
if cursor ~= ARGV[1] then return cursor end
local at = 6
while at <= #ARGV do
  local last = at + 2 + tonumber(ARGV[at + 2])
  redis.call(ARGV[at], KEYS[tonumber(ARGV[at + 1])], unpack(ARGV, at + 3, last))
  at = last + 1
end
local forgotten = math.min(redis.call('ZCOUNT', KEYS[2], '-inf', '(' .. ARGV[4]), tonumber(ARGV[5]))
if forgotten > 0 then redis.call('ZREMRANGEBYRANK', KEYS[2], 0, forgotten - 1) end
return ''
`);
