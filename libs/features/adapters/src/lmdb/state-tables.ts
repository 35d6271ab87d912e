import { mkdirSync } from 'node:fs';
import type { ImportCursor, PartitionHead, StoredItem } from '@serendip/features-domain';
import { open, type Database, type RootDatabase } from 'lmdb';
import { LAYOUT } from '../layout.js';

type Key = (string | number)[];

/** The tables of a state environment, by their keys. */
export interface StateTables {
  readonly root: RootDatabase;
  /** partition; the version of an entry is its cursor. */
  readonly heads: Database<PartitionHead, number>;
  /** partition, tenant, entity */
  readonly users: Database<Buffer, Key>;
  /** partition, tenant, item hash hi, lo */
  readonly statistics: Database<Buffer, Key>;
  /** tenant, ordinal */
  readonly items: Database<StoredItem, Key>;
  /** tenant, item hash hi, lo → ordinal */
  readonly ordinals: Database<number, Key>;
  /** tenant, partition, sequence → ordinal */
  readonly changes: Database<number, Key>;
  /** Event id (see event-index) → hour. */
  readonly events: Database<Buffer, Buffer>;
  /** partition, hour, cursor → hashes of the event ids that were applied then */
  readonly eventHours: Database<Buffer, Key>;
  /** partition, import */
  readonly imports: Database<ImportCursor, Key>;
  /** partition, position → event for another partition */
  readonly outbox: Database<Buffer, Key>;
}

/**
 * Opens an environment, or makes it. LMDB copies the pages it changes and writes a new root only after them, so what is there
 * after a crash of the process, or of the machine (`overlappingSync`, lmdb's default here: a root that was not flushed is not
 * used), is the state as of some commit: cursor and records agree, and the log has the rest. `noSync` would not keep that
 * order. Nothing is batched by event turn, because lmdb then rejects a promise that nobody holds when a commit fails.
 */
export function openStateTables(path: string, onRebuild: (layout: number) => void): StateTables {
  mkdirSync(path, { recursive: true });
  const root = open({ path, maxDbs: 16, noMemInit: true, overlappingSync: true, eventTurnBatching: false });
  const binary = { encoding: 'binary' } as const;
  const tables: StateTables = {
    root,
    heads: root.openDB('heads', { useVersions: true }),
    users: root.openDB('users', binary),
    statistics: root.openDB('statistics', binary),
    items: root.openDB('items', {}),
    ordinals: root.openDB('ordinals', {}),
    changes: root.openDB('changes', {}),
    events: root.openDB('events', { ...binary, keyEncoding: 'binary' }),
    eventHours: root.openDB('event-hours', binary),
    imports: root.openDB('imports', {}),
    outbox: root.openDB('outbox', binary),
  };
  requireLayout(tables, onRebuild);
  return tables;
}

/** The log is the truth: what another version has left is emptied in one transaction, and every cursor is at the beginning. */
function requireLayout({ root, ...tables }: StateTables, onRebuild: (layout: number) => void): void {
  const meta = root.openDB<number, string>('meta', {});
  const layout = meta.get('layout') ?? (tables.users.getCount() + tables.items.getCount() > 0 ? 1 : undefined);
  if (layout === LAYOUT) return;
  root.transactionSync(() => {
    if (layout !== undefined) for (const table of Object.values(tables)) table.clearSync();
    meta.putSync('layout', LAYOUT);
  });
  if (layout !== undefined) onRebuild(layout);
}
