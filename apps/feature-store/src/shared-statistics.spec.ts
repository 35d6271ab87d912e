import { beforeEach, describe, expect, it } from '@jest/globals';
import { NEW_PARTITION, type ItemKey, type PartitionCommit, type StoredItem } from '@serendip/features-domain';
import { SharedMemoryStateStore } from '@serendip/features-domain/testing';
import { hash64, ordinalOf } from '@serendip/shared-identity';
import { emptyStatistics, statisticColumn } from '@serendip/shared-layouts';
import { logger, until } from './feature-store.fixture.js';
import { SharedStatistics } from './shared-statistics.js';

const PARTITION = 3;
const TOTAL = statisticColumn('engagement_total');
const keyOf = (id: string): ItemKey => ({ tenant: 't', ...hash64(id) });

/** A store whose catalogue does something of its own when it is asked what has changed. */
class OddStore extends SharedMemoryStateStore {
  whenAsked = (): void => undefined;

  override async changedItems(...args: Parameters<SharedMemoryStateStore['changedItems']>): Promise<readonly StoredItem[]> {
    this.whenAsked();
    return super.changedItems(...args);
  }
}

describe('statistics that several processes count', () => {
  let store: OddStore;
  beforeEach(() => { store = new OddStore(); });

  const open = (everyMs: number): SharedStatistics => new SharedStatistics({ store, counted: store.shared.counted, logger, everyMs });

  async function commit(changes: Partial<Pick<PartitionCommit, 'statistics' | 'items'>>): Promise<void> {
    const head = await store.head(PARTITION);
    await store.commit(PARTITION, head.cursor, {
      head: { ...NEW_PARTITION, cursor: head.cursor + 1, sequence: head.sequence + (changes.items?.length ?? 0) },
      users: [], statistics: [], items: [], events: [], imports: [], outgoing: [], ...changes,
    });
  }

  const count = (id: string, total: number): Promise<void> => {
    const row = emptyStatistics();
    row[TOTAL] = total;
    return commit({ statistics: [{ key: keyOf(id), row }] });
  };

  const put = (id: string, sequence: number): Promise<void> =>
    commit({ items: [{ item: { tenant: 't', id, ordinal: ordinalOf(sequence, PARTITION), version: 1, deleted: false, sequence, document: new Uint8Array(0) }, replacedSequence: undefined }] });

  it('are told again of a new item, though the catalogue could not be read at first', async () => {
    await count('a', 1);
    const statistics = open(5);
    const rollup = await statistics.open();
    const before = rollup.newest;
    let asked = 0;
    store.whenAsked = () => { if (asked++ === 0) throw new Error('The store is away.'); };
    await put('a', 1);
    statistics.catalogueChanged(PARTITION);
    await until(async () => rollup.newest > before);
    await statistics.stop();
    expect(asked).toBe(2);
  });

  it('go on while the catalogue changes all the time', async () => {
    await count('a', 1);
    const statistics = open(5);
    const rollup = await statistics.open();
    store.whenAsked = () => statistics.catalogueChanged(PARTITION);
    await put('a', 1);
    statistics.catalogueChanged(PARTITION);
    await until(async () => rollup.newest > 1);
    await count('a', 7);
    await until(async () => rollup.changedSince('t', 0, 10).rows[0]?.row[TOTAL] === 7);
    await statistics.stop();
  });

  it('stop at once, however seldom they are looked at', async () => {
    const statistics = open(60_000);
    await statistics.open();
    await statistics.stop();
  });
});
