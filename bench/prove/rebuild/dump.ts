/** The state that a stack has left on the disk, entry by entry. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';

/** Values by table and key, as hexadecimal text. */
export type Dump = ReadonlyMap<string, string>;

const HASH_BYTES = 8;
const TABLES = ['heads', 'users', 'statistics', 'items', 'ordinals', 'changes', 'events', 'imports', 'outbox'];

/** Folders of generations that there are. */
export const generationsIn = (stateFolder: string): readonly string[] => readdirSync(stateFolder).filter((name) => /^\d+$/.test(name));

/**
 * Every entry of the live generation. Event ids by hour are kept in buckets, one for each commit, so there each id is an entry: how
 * commits were cut is not part of the state.
 */
export async function dumpLive(stateFolder: string): Promise<Dump> {
  const path = join(stateFolder, readFileSync(join(stateFolder, 'current'), 'utf8'));
  const root = open({ path, readOnly: true, maxDbs: 16 });
  const dump = new Map<string, string>();
  for (const name of TABLES) {
    const table = root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' });
    for (const { key, value } of table.getRange()) dump.set(`${name} ${key.toString('hex')}`, value.toString('hex'));
  }
  const hours = root.openDB<Buffer, number[]>({ name: 'event-hours', encoding: 'binary' });
  for (const { key: [partition, hour], value } of hours.getRange()) {
    for (let at = 0; at < value.length; at += HASH_BYTES) dump.set(`event-hours ${partition} ${hour} ${value.subarray(at, at + HASH_BYTES).toString('hex')}`, '');
  }
  await root.close();
  return dump;
}

/** Entries that are in one only, or differ; the first few of them by name. */
export function differences(a: Dump, b: Dump): { readonly count: number; readonly some: readonly string[] } {
  const differing = [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key));
  return { count: differing.length, some: differing.slice(0, 5) };
}
