import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { WriteBehindStateStore, type StateStore } from '@serendip/features-domain';
import { aStateEvent, applyLog, dumpState, logOf, stateStoreConformance } from '@serendip/features-domain/testing';
import { open } from 'lmdb';
import { openStateStore } from '../index.js';
import { LmdbStateStore } from './lmdb-state-store.js';

function openPlace<T extends StateStore = LmdbStateStore>(around: (store: LmdbStateStore) => T = (store) => store as StateStore as T) {
  const folder = mkdtempSync(join(tmpdir(), 'state-'));
  const places = new Map<StateStore, string>();
  const openAt = (path: string): T => {
    const store = around(new LmdbStateStore(path));
    places.set(store, path);
    return store;
  };
  return {
    folder,
    open: async () => openAt(join(folder, String(places.size))),
    reopen: async (store: StateStore) => {
      const path = places.get(store)!;
      await store.close();
      places.delete(store);
      return openAt(path);
    },
    remove: async () => {
      await Promise.all([...places.keys()].map((store) => store.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

stateStoreConformance('LmdbStateStore', async () => openPlace());
stateStoreConformance('WriteBehindStateStore over LmdbStateStore', async () => openPlace((store) => new WriteBehindStateStore(store)));

describe('a state store on disk', () => {
  it('has what was committed when it is opened again', async () => {
    const place = openPlace();
    const store = await place.open();
    await applyLog(store, logOf([aStateEvent({ eventId: '1' })]));
    const before = await dumpState(store);
    const again = await place.reopen(store);
    expect(await dumpState(again)).toEqual(before);
    expect(await applyLog(again, logOf([aStateEvent({ eventId: '1' })], 2))).toBe(0);
    await place.remove();
  });

  it('is made again from the log when it has another layout', async () => {
    const place = openPlace();
    const path = join(place.folder, 'old');
    const log = logOf([aStateEvent({ eventId: '1' }), aStateEvent({ eventId: '2' })]);
    const store = new LmdbStateStore(path);
    await applyLog(store, log);
    const expected = await dumpState(store);
    await store.close();
    for (const layout of [undefined, 2, 99]) {
      const root = open({ path, maxDbs: 16 });
      const meta = root.openDB<number, string>('meta', {});
      if (layout === undefined) await meta.remove('layout');
      else await meta.put('layout', layout);
      await root.close();
      const rebuilt: number[] = [];
      const again = new LmdbStateStore(path, { onRebuild: (found) => rebuilt.push(found) });
      expect(rebuilt).toEqual([layout ?? 1]);
      expect(await dumpState(again)).not.toEqual(expected);
      expect(await applyLog(again, log)).toBe(2);
      expect(await dumpState(again)).toEqual(expected);
      await again.close();
    }
    await place.remove();
  });

  it('is opened by a URL', async () => {
    const place = openPlace();
    const store = await openStateStore(`lmdb:${join(place.folder, 'new')}`);
    expect((await store.partitions.head(0)).cursor).toBe(0);
    await store.close();
    await place.remove();
    await expect(openStateStore('lmdb:')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'STATE_STORE_UNKNOWN' });
  });
});
