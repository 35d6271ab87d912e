import { scriptOf } from './script.js';

/** Begins a generation of a partition: from then on no other but the live one may be written. */
export const BEGIN = scriptOf(`
-- KEYS: 1 the live generation, 2 the newest. ARGV: 1 the generation, 2 which one must be live. Reply: 1 when it is the newest now, else 0.
if (redis.call('GET', KEYS[1]) or '1') ~= ARGV[2] then return 0 end
if tonumber(redis.call('GET', KEYS[2]) or '1') >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[2], ARGV[1])
return 1
`);

/** Makes the newest generation of a partition the live one. */
export const SWITCH = scriptOf(`
-- KEYS: 1 the live generation, 2 the newest. ARGV: 1 the generation. Reply: 1 when it is live now, 0 when another one was begun meanwhile.
if (redis.call('GET', KEYS[2]) or '1') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
return 1
`);

/** Who makes a generation says how it goes, and keeps others from beginning one. */
export const TELL = scriptOf(`
-- KEYS: 1 who makes one, 2 what is known of it. ARGV: 1 who, 2 for how long others are kept off (milliseconds; 0 to let them), 3 what is known.
-- Reply: 1, or 0 when somebody else makes one.
local maker = redis.call('GET', KEYS[1])
if maker and maker ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[3])
if ARGV[2] == '0' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 1
`);

/** Removes keys of a partition, but for those of a generation that is live or may become so, whatever a failover has brought back. */
export const REMOVE = scriptOf(`
-- KEYS: 1 the live generation, 2 the newest, then the keys. ARGV: the generation of each key. Reply: nothing.
local live, newest = redis.call('GET', KEYS[1]) or '1', redis.call('GET', KEYS[2]) or '1'
for i, generation in ipairs(ARGV) do
  if generation ~= live and generation ~= newest then redis.call('UNLINK', KEYS[i + 2]) end
end
return ''
`);
