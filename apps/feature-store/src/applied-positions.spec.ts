import { describe, expect, it } from '@jest/globals';
import { TRIM_GROUPS } from '@serendip/events-domain';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { createLogger } from '@serendip/platform-logging';
import { AppliedPositions } from './applied-positions.js';

describe('what has been applied', () => {
  it('is told to the log as far as it is written, and never taken back', async () => {
    const { positions } = new InMemoryEventLog();
    const cursors = new Map([[3, 30], [5, 50]]);
    const store = { head: async (partition: number) => ({ cursor: cursors.get(partition) ?? 0, hour: 0, items: {}, sequence: 0 }) };
    const applied = new AppliedPositions(store as never, positions, createLogger('test', 'silent'));
    await applied.commit();
    expect((await positions.committed(TRIM_GROUPS.applied)).slice(0, 6)).toEqual([0, 0, 0, 30, 0, 50]);
    cursors.set(3, 35).set(5, 0);
    await applied.commit();
    expect((await positions.committed(TRIM_GROUPS.applied)).slice(0, 6)).toEqual([0, 0, 0, 35, 0, 50]);
  });
});
