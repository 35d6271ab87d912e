import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryStateStore, PartitionApplier, type StateStore } from '@serendip/features-domain';
import { allStatistics } from '@serendip/features-domain/testing';
import { anonymousEntity, userEntity } from '@serendip/shared-identity';
import { MessageDocuments } from '../message-documents.js';
import { LmdbStateStore } from './lmdb-state-store.js';
import { recordsOf, usersOf, visitorsOf } from './state-writer.fixture.js';

const root = join(import.meta.dirname, '../../../../..');
const PARTITIONS_WRITTEN = 8;
const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

/** Everything a reader can see of one partition. */
async function dump(store: StateStore, partition: number): Promise<unknown> {
  const entities = [...usersOf[partition]!.map(userEntity), ...visitorsOf[partition]!.map(anonymousEntity)];
  const users = await store.reader.users(entities.map((entity) => ({ tenant: 't', entity })));
  const outbox = await store.outbox.pending(partition, 10_000);
  const items = await store.catalogue.changedItems('t', partition, { after: 0, max: 1000 });
  return { outbox: outbox.map(({ position, bytes }) => [position, hex(bytes)]), head: await store.partitions.head(partition), users: users.map(hex), items: items.map((item) => ({ ...item, document: hex(item.document) })) };
}

async function statisticsOf(store: StateStore): Promise<string[]> {
  const rows = await allStatistics(store.reader);
  return rows.map(({ key, row }) => `${key.hi}.${key.lo} ${row.join()}`).sort();
}

/** Applies a partition's log up to a cursor, to a store that has nothing of it or some of it. */
async function applyUpTo(store: StateStore, partition: number, end: number): Promise<void> {
  const { cursor } = await store.partitions.head(partition);
  if (end <= cursor) return;
  await new PartitionApplier(partition, { store: store.partitions, documents: new MessageDocuments() }).apply(recordsOf(partition, Math.max(1, cursor), end), { cursor, end });
}

describe('state whose writer is killed', () => {
  let directory: string;

  beforeAll(() => {
    execFileSync(process.execPath, [join(root, 'tools/build.mjs'), ...['shared/errors', 'shared/identity', 'shared/layouts', 'shared/contracts', 'features/domain', 'features/adapters'].map((lib) => `libs/${lib}`)]);
  });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'state-crash-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** Lets a process apply records until it has told of so many commits, kills it, and answers the cursors it told of. */
  async function applyAndKill(commits: number, how = 'at once'): Promise<Map<number, number>> {
    const told = new Map<number, number>();
    let count = 0;
    const child = spawn(process.execPath, [join(root, 'libs/features/adapters/dist/lmdb/state-writer.fixture.js'), directory, how], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, partition, cursor] = line.split(' ');
      told.set(Number(partition), Number(cursor));
      if (++count === commits) child.kill('SIGKILL');
    });
    await once(child, 'close');
    return told;
  }

  it.each(['at once', 'behind'])('is what its cursors say, byte for byte, and goes on from there, written %s', async (how) => {
    for (const commits of [40, 137, 300]) {
      const told = await applyAndKill(commits, how);
      const store = new LmdbStateStore(directory);
      const replayed = new MemoryStateStore();
      for (let partition = 0; partition < PARTITIONS_WRITTEN; partition++) {
        const { cursor } = await store.partitions.head(partition);
        // What was seen and not written yet is lost; the log has it.
        if (how === 'at once') expect(cursor).toBeGreaterThanOrEqual(told.get(partition) ?? 0);
        await applyUpTo(replayed, partition, cursor);
        if (cursor > 50) expect(await store.reader.users([{ tenant: 't', entity: userEntity(usersOf[partition]![0]!) }])).not.toEqual([undefined]);
        expect(await dump(store, partition)).toEqual(await dump(replayed, partition));
      }
      expect(await statisticsOf(store)).toEqual(await statisticsOf(replayed));
      await applyUpTo(store, 0, 2000);
      await applyUpTo(replayed, 0, 2000);
      expect(await dump(store, 0)).toEqual(await dump(replayed, 0));
      await store.close();
    }
  }, 60_000);
});
