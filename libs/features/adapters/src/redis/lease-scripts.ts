import { scriptOf } from './script.js';

/** A member renews its membership, lets go of partitions and takes free ones up to its share, as one step. */
export const RENEW = scriptOf(`
-- KEYS: 1 hash of members: id to 'end of its time (epoch milliseconds) address'; 2 hash of owners: partition to member.
-- ARGV: 1 the member; 2 its address; 3 for how long, milliseconds; 4 how many partitions there are; then the partitions it lets go of.
-- Reply: ids and addresses of the members, ascending by id; the owner of each partition, '' for none.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local partitions = tonumber(ARGV[4])
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %s', now + ARGV[3], ARGV[2]))

local addresses, ids = {}, {}
local known = redis.call('HGETALL', KEYS[1])
for i = 1, #known, 2 do
  local ends, address = string.match(known[i + 1], '^(%d+) (.*)$')
  if tonumber(ends) > now then
    addresses[known[i]] = address
    table.insert(ids, known[i])
  else
    redis.call('HDEL', KEYS[1], known[i])
  end
end
table.sort(ids)

for i = 5, #ARGV do
  if redis.call('HGET', KEYS[2], ARGV[i]) == ARGV[1] then redis.call('HDEL', KEYS[2], ARGV[i]) end
end
local owners, own = {}, 0
for partition = 0, partitions - 1 do
  local owner = redis.call('HGET', KEYS[2], partition)
  if not owner or not addresses[owner] then owner = '' end
  if owner == ARGV[1] then own = own + 1 end
  owners[partition + 1] = owner
end

local place = 0
for i, id in ipairs(ids) do if id == ARGV[1] then place = i - 1 end end
local share = math.floor(partitions / #ids)
if place < partitions % #ids then share = share + 1 end
for partition = 0, partitions - 1 do
  if owners[partition + 1] == '' and own < share then
    redis.call('HSET', KEYS[2], partition, ARGV[1])
    owners[partition + 1] = ARGV[1]
    own = own + 1
  end
end

local members = {}
for _, id in ipairs(ids) do
  table.insert(members, id)
  table.insert(members, addresses[id])
end
return { members, owners }
`);

/** A member leaves. */
export const LEAVE = scriptOf(`
-- KEYS: 1 hash of members; 2 hash of owners. ARGV: 1 the member. Reply: nothing.
redis.call('HDEL', KEYS[1], ARGV[1])
local owners = redis.call('HGETALL', KEYS[2])
for i = 1, #owners, 2 do
  if owners[i + 1] == ARGV[1] then redis.call('HDEL', KEYS[2], owners[i]) end
end
return ''
`);
