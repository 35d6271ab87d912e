import { PARTITIONS } from '@serendip/shared-identity';
import { Script } from './script.js';

/** Moves the durable ends of some partitions up and wakes who waits for that. */
const publish = `
local function publish(key, moved)
  local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
  local ends = {}
  for i = 1, ${PARTITIONS} do ends[i] = '0' end
  if last then
    local i = 0
    for known in string.gmatch(last[2][2], '%d+') do i = i + 1; ends[i] = known end
  end
  for partition, position in pairs(moved) do
    local i = tonumber(partition) + 1
    if tonumber(position) > tonumber(ends[i]) then ends[i] = position end
  end
  redis.call('XADD', key, 'MAXLEN', 1, '*', 'ends', table.concat(ends, ','))
end
`;

/**
 * Opens the log to write.
 * KEYS header, next positions · ARGV layout version, partitions, greatest epoch, run id of this server, 'open' or 'again' (after a connection was lost),
 * the epoch this writer was in (0 for 'open')
 * Reply: 'incompatible', version, partitions | 'exhausted' | 'opened', JSON of the next position by partition, epoch
 *
 * A new epoch begins when the log was not closed cleanly, or is opened again on a server that is not the one it was open on: such
 * a server may have lost what came last, and a position must not be used again.
 */
export const OPEN_LOG = new Script(`
local header = KEYS[1]
local version, partitions, epoch, clean, server = unpack(redis.call('HMGET', header, 'version', 'partitions', 'epoch', 'clean', 'server'))
if version and (version ~= ARGV[1] or partitions ~= ARGV[2]) then return { 'incompatible', version, partitions } end
local goes_on = clean == '1'
if ARGV[5] == 'again' then goes_on = server == ARGV[4] end
epoch = math.max(tonumber(epoch or 0), tonumber(ARGV[6])) + (goes_on and 0 or 1)
if epoch > tonumber(ARGV[3]) then return { 'exhausted' } end
redis.call('HSET', header, 'version', ARGV[1], 'partitions', ARGV[2], 'epoch', epoch, 'clean', 0, 'server', ARGV[4])
local flat = redis.call('HGETALL', KEYS[2])
local positions = {}
for i = 1, #flat, 2 do positions[flat[i]] = flat[i + 1] end
return { 'opened', cjson.encode(positions), tostring(epoch) }
`);

/**
 * Moves ends up.
 * KEYS ends · ARGV JSON of the end by partition
 */
export const PUBLISH_ENDS = new Script(`${publish}
publish(KEYS[1], cjson.decode(ARGV[1]))
return 'OK'
`);

/**
 * Appends records and applies import batches, all of it or nothing, and once: a commit sent again gets the answer it got before.
 * KEYS header, next positions, ends, imports, what the writer committed last, then the streams of the partitions appended to · ARGV number of
 * the commit (from 1, one after the other), 'publish' or 'wait', works as JSON, then partition and bytes of each record of each work; a work is { records, import?, batch?, accepted?, rejected? }
 * Reply: JSON { starts, nexts, outcomes }: by partition the position of the first record and the one after the last; by work (from 0)
 * what became of an import batch, { status, state? } with status 'unknown' for an import that was not created
 */
export const COMMIT = new Script(`${publish}
local header, next_positions, ends, imports, writer = unpack(KEYS, 1, 5)
local streams = {}
for i = 6, #KEYS do streams[string.match(KEYS[i], '%d+$')] = KEYS[i] end
local sequences = 2 ^ 40
local last = redis.call('GET', writer)
if last then
  local number, answer = string.match(last, '^(%d+) (.*)$')
  if tonumber(number) == tonumber(ARGV[1]) then return answer end
  if tonumber(number) > tonumber(ARGV[1]) then return redis.error_reply('STALE commit ' .. ARGV[1] .. ' of a writer that has come to ' .. number) end
end
local epoch = tonumber(redis.call('HGET', header, 'epoch') or '')
if not epoch then return redis.error_reply('GONE the log was removed while it was open') end

local text = function(position) return string.format('%.0f', position) end
local nexts, starts, outcomes = {}, {}, {}

local function outcome_of(work)
  local kept = redis.call('HGET', imports, work.import)
  if not kept then return { status = 'unknown' } end
  local state = cjson.decode(kept)
  if work.batch <= state.lastBatch then return { status = 'repeated', state = state } end
  if work.batch > state.lastBatch + 1 then return { status = 'ahead', state = state } end
  state.lastBatch = work.batch
  state.accepted = state.accepted + work.accepted
  state.rejected = state.rejected + work.rejected
  redis.call('HSET', imports, work.import, cjson.encode(state))
  return { status = 'applied', state = state }
end

local function append(partition, bytes)
  local position = nexts[partition]
  if not position then
    position = epoch * sequences + tonumber(redis.call('HGET', next_positions, partition) or '0') % sequences
    starts[partition] = text(position)
  end
  redis.call('XADD', streams[partition], text(position) .. '-0', 'record', bytes)
  nexts[partition] = position + 1
end

local at = 4
for i, work in ipairs(cjson.decode(ARGV[3])) do
  local outcome = work.import and outcome_of(work)
  if outcome then outcomes[tostring(i - 1)] = outcome end
  if not outcome or outcome.status == 'applied' then
    for j = at, at + 2 * work.records - 1, 2 do append(ARGV[j], ARGV[j + 1]) end
  end
  at = at + 2 * work.records
end

local moved = {}
for partition, position in pairs(nexts) do
  moved[partition] = text(position)
  redis.call('HSET', next_positions, partition, moved[partition])
end
if ARGV[2] == 'publish' and next(moved) then publish(ends, moved) end
redis.call('HSET', header, 'clean', 0)
local answer = cjson.encode({ starts = starts, nexts = moved, outcomes = outcomes })
redis.call('SET', writer, ARGV[1] .. ' ' .. answer, 'EX', 3600)
return answer
`);
