import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import type { Dump } from './dump.ts';
import type { Place } from './places.ts';

const HASH_BYTES = 8;
const TABLES = ['heads', 'users', 'statistics', 'items', 'ordinals', 'changes', 'events', 'imports', 'outbox'];

/** The state that a stack keeps in its folder. */
export class LmdbState implements Place {
  readonly args: readonly string[] = [];
  private readonly folder: string;

  constructor(dataDir: string) {
    this.folder = join(dataDir, 'state');
  }

  /** Event ids by hour are kept in buckets, one for each commit, so there each id is an entry: how commits were cut is not part of the state. */
  async dump(): Promise<Dump> {
    const root = open({ path: this.live(), readOnly: true, maxDbs: 16 });
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

  async generations(): Promise<number> {
    return readdirSync(this.folder).filter((name) => /^\d+$/.test(name)).length;
  }

  async damage(): Promise<void> {
    const root = open({ path: this.live(), maxDbs: 16 });
    const users = root.openDB<Buffer, Buffer>({ name: 'users', encoding: 'binary', keyEncoding: 'binary' });
    for (const { key, value } of users.getRange({ limit: 1 })) {
      const damaged = Buffer.from(value);
      damaged[damaged.length - 1]! ^= 1;
      await users.put(key, damaged);
    }
    await root.close();
  }

  async empty(): Promise<void> {
    rmSync(this.folder, { recursive: true });
  }

  async remove(): Promise<void> {}

  private live(): string {
    return join(this.folder, readFileSync(join(this.folder, 'current'), 'utf8'));
  }
}
