import type { Colors } from 'picocolors/types.js';
import { count, left, right } from '../explain/text.js';
import type { ShardsAnswer } from './answer.js';

type Shard = ShardsAnswer['partitions'][number];

const OWNER = 24;
const NOBODY = 'nobody';

const seconds = (value: number): string => (value === 0 ? '–' : `${value.toFixed(1)} s`);
const lagOf = (shards: readonly Shard[]): number => shards.reduce((sum, { lag }) => sum + lag, 0);
const oldestOf = (shards: readonly Shard[]): number => Math.max(0, ...shards.map(({ oldestUnappliedSeconds }) => oldestUnappliedSeconds));

/** The map for a person to read: a line for each owner, then one for each partition. */
export function shardsText({ partitions }: ShardsAnswer, colors: Colors): string {
  const owners = [...Map.groupBy(partitions, ({ owner = NOBODY }) => owner)].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    colors.bold(`${left('owner', OWNER)}${right('partitions', 12)}${right('lag', 12)}${right('oldest', 10)}`),
    ...owners.map(([owner, list]) => {
      const line = `${left(owner, OWNER)}${right(count(list.length), 12)}${right(count(lagOf(list)), 12)}${right(seconds(oldestOf(list)), 10)}`;
      return owner === NOBODY ? colors.yellow(line) : line;
    }),
    '',
    colors.bold(`${right('partition', 9)}  ${left('owner', OWNER)}${right('position', 20)}${right('lag', 12)}${right('oldest', 10)}`),
    ...partitions.map(({ partition, owner = NOBODY, position, lag, oldestUnappliedSeconds }) =>
      `${right(String(partition), 9)}  ${left(owner, OWNER)}${right(String(position), 20)}${right(count(lag), 12)}${right(seconds(oldestUnappliedSeconds), 10)}`),
  ].join('\n');
}
