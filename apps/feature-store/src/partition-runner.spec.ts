import { describe, expect, it } from '@jest/globals';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { MemoryStateStore } from '@serendip/features-domain';
import { createLogger } from '@serendip/platform-logging';
import { PartitionRunner } from './partition-runner.js';

const runnerOf = (store: MemoryStateStore): PartitionRunner => new PartitionRunner(3, {
  store, log: new InMemoryEventLog(), documents: undefined as never, logger: createLogger('test', 'silent'), dedupe: true, turns: { next: async () => undefined },
  batchSize: { records: 100, milliseconds: () => 0, begin: () => () => undefined }, onBatch: () => undefined, onStale: () => undefined, onPoison: () => undefined,
});

describe('a runner that doubts where the store is', () => {
  it('knows no age until it has looked, whatever it is told of the log meanwhile', async () => {
    const store = new MemoryStateStore();
    const runner = runnerOf(store);
    await runner.take();
    runner.notice(0, 1000);
    expect(runner.ageMs(1005)).toBe(5);
    const head = store.head.bind(store);
    let look = (): void => undefined;
    const looked = new Promise<void>((resolve) => { look = resolve; });
    store.head = async (partition) => { await looked; return head(partition); };
    runner.doubt();
    expect(runner.ageMs(1005)).toBeUndefined();
    await new Promise(setImmediate);
    runner.notice(0, 2000);
    expect(runner.ageMs(2005)).toBeUndefined();
    look();
    await runner.idle();
    expect(runner.ageMs(2005)).toBe(5);
    await runner.letGo();
  });
});
