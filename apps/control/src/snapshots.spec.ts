import { describe, expect, it } from '@jest/globals';
import { createTenant, type Configuration } from '@serendip/control-domain';
import { InMemoryConfiguration } from '@serendip/control-domain/testing';
import { createLogger } from '@serendip/platform-logging';
import type { ObjectStore } from '@serendip/platform-objects';
import { control, fromBinary } from '@serendip/shared-contracts';
import { Snapshots } from './snapshots.service.js';

class InMemoryObjects implements ObjectStore {
  readonly kept = new Map<string, Uint8Array>();
  away = false;

  async put(key: string, bytes: Uint8Array): Promise<void> {
    if (this.away) throw new Error('the disk is full');
    this.kept.set(key, bytes);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.kept.get(key);
  }

  async list(prefix: string): Promise<readonly string[]> {
    return [...this.kept.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async delete(key: string): Promise<void> {
    this.kept.delete(key);
  }

  get latest(): number | undefined {
    const bytes = this.kept.get('config/latest.bin');
    return bytes && fromBinary(control.ConfigSnapshotSchema, bytes).version;
  }
}

function publisher(repository = new InMemoryConfiguration()) {
  const objects = new InMemoryObjects();
  const snapshots = new Snapshots(repository, objects, createLogger('control', 'silent'));
  const announced: number[] = [];
  snapshots.onChange(({ version }) => announced.push(version));
  const change = (id: string) => repository.change({ tenant: id, actor: 'spec' }, createTenant(id, new Uint8Array(32)));
  return { repository, objects, snapshots, announced, change };
}

describe('snapshots', () => {
  it('are stored and announced once for each version', async () => {
    const { objects, snapshots, announced, change } = publisher();
    await snapshots.refresh();
    await snapshots.refresh();
    await change('a');
    await snapshots.refresh();
    expect(announced).toEqual([1, 2]);
    expect([...objects.kept.keys()].sort()).toEqual(['config/000000000001.bin', 'config/000000000002.bin', 'config/latest.bin']);
    expect(objects.latest).toBe(2);
  });

  it('are kept for the newest twenty versions', async () => {
    const { objects, snapshots, change } = publisher();
    for (let i = 0; i < 25; i++) {
      await change(`tenant-${i}`);
      await snapshots.refresh();
    }
    const versions = [...objects.kept.keys()].filter((key) => key !== 'config/latest.bin').sort();
    expect(versions).toHaveLength(20);
    expect(versions.at(-1)).toBe('config/000000000026.bin');
  });

  it('stay as they were while the database is away, and go on when it is back', async () => {
    const { repository, snapshots, announced, change } = publisher();
    await snapshots.refresh();
    repository.away = true;
    await snapshots.refresh();
    expect(snapshots.current?.version).toBe(1);
    expect(snapshots.status()).toEqual([{ name: 'database', ready: false, detail: 'The database is away.' }, { name: 'objects', ready: true }]);
    repository.away = false;
    await change('a');
    await snapshots.refresh();
    expect(snapshots.status().every(({ ready }) => ready)).toBe(true);
    expect(announced).toEqual([1, 2]);
  });

  it('are announced while the object store fails, and stored when it is back', async () => {
    const { objects, snapshots, announced, change } = publisher();
    await snapshots.refresh();
    objects.away = true;
    await change('a');
    await snapshots.refresh();
    expect(announced).toEqual([1, 2]);
    expect(objects.latest).toBe(1);
    expect(snapshots.status()).toContainEqual({ name: 'objects', ready: false, detail: 'the disk is full' });
    objects.away = false;
    await snapshots.refresh();
    expect(objects.latest).toBe(2);
    expect(announced).toEqual([1, 2]);
    expect(snapshots.status().every(({ ready }) => ready)).toBe(true);
  });

  it('follow a database that was put back to an older version', async () => {
    const { repository, objects, snapshots, announced, change } = publisher();
    for (const id of ['a', 'b']) await change(id);
    await snapshots.refresh();
    const older: Configuration = { version: 2, tenants: [] };
    Object.assign(repository, { version: async () => 2, read: async () => older });
    await snapshots.refresh();
    expect(announced).toEqual([3, 2]);
    expect(objects.latest).toBe(2);
  });

  it('see every change made before the call, with at most one publication waiting', async () => {
    let reads = 0;
    class Counted extends InMemoryConfiguration {
      override async version(): Promise<number> {
        reads++;
        return super.version();
      }
    }
    const { snapshots, change, objects } = publisher(new Counted());
    await snapshots.refresh();
    const first = snapshots.refresh();
    await change('a');
    await Promise.all(Array.from({ length: 50 }, () => snapshots.refresh()));
    await first;
    expect(objects.latest).toBe(2);
    expect(reads).toBeLessThanOrEqual(4);
  });
});
