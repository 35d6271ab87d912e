import { describe, expect, it } from '@jest/globals';
import { TRIM_GROUPS } from '@serendip/events-domain';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { createLogger } from '@serendip/platform-logging';
import { LogTrimmer } from './log-trimmer.js';

const logger = createLogger('test', 'silent');

async function logOf(count: number): Promise<{ readonly log: InMemoryEventLog; readonly positions: readonly number[] }> {
  const log = new InMemoryEventLog();
  const positions = await log.append(Array.from({ length: count }, (_, i) => ({ partition: 7, bytes: Uint8Array.of(i) })));
  return { log, positions };
}

const left = async (log: InMemoryEventLog): Promise<number[]> => (await log.read(7, 0, 100)).map(({ bytes }) => bytes[0]!);

describe('trimming', () => {
  it('takes what is applied and archived past the retention, and nothing that is only one of them', async () => {
    const { log, positions } = await logOf(6);
    const trimmer = new LogTrimmer(log, logger);
    const commit = (group: string, count: number): Promise<void> => log.positions.commit(group, [{ partition: 7, position: positions[count - 1]! + 1 }]);
    await trimmer.trim();
    await commit(TRIM_GROUPS.archived, 4);
    await trimmer.trim();
    expect(await left(log)).toEqual([0, 1, 2, 3, 4, 5]);
    await commit(TRIM_GROUPS.applied, 2);
    await trimmer.trim();
    expect(await left(log)).toEqual([2, 3, 4, 5]);
    await commit(TRIM_GROUPS.applied, 6);
    await trimmer.trim();
    expect(await left(log)).toEqual([4, 5]);
  });

  it('goes on after a failure', async () => {
    const { log, positions } = await logOf(2);
    for (const group of Object.values(TRIM_GROUPS)) await log.positions.commit(group, [{ partition: 7, position: positions[0]! + 1 }]);
    let failures = 1;
    const trimmer = new LogTrimmer({ positions: log.positions, trim: (...args) => (failures-- > 0 ? Promise.reject(new Error('no')) : log.trim(...args)) }, logger);
    await expect(trimmer.trim()).rejects.toThrow('no');
    await trimmer.trim();
    expect(await left(log)).toEqual([1]);
  });
});
