import { describe, expect, it } from '@jest/globals';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { earlyAcknowledging } from './early-acknowledging-log.js';

describe('earlyAcknowledging', () => {
  it('acknowledges before it appends, and appends later', async () => {
    const log = new InMemoryEventLog();
    const faulty = earlyAcknowledging(log);
    const before = await faulty.ends();
    expect(await faulty.append([{ partition: 1, bytes: new Uint8Array(1) }])).toHaveLength(1);
    expect(await faulty.read(1, 0, 10)).toEqual([]);
    expect((await faulty.waitForAppend(before, 5_000))[1]).toBeGreaterThan(0);
  });
});
