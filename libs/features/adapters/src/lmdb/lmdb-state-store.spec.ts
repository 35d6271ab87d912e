import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { aStateEvent, applyLog, dumpState, logOf, stateStoreConformance } from '@serendip/features-domain/testing';
import { open } from 'lmdb';
import { openStateStore } from '../index.js';
import { LmdbStateStore } from './lmdb-state-store.js';

function openPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'state-'));
  const places = new Map<LmdbStateStore, string>();
  const openAt = (path: string): LmdbStateStore => {
    const store = new LmdbStateStore(path);
    places.set(store, path);
    return store;
  };
  return {
    folder,
    open: async () => openAt(join(folder, String(places.size))),
    reopen: async (store: unknown) => {
      const path = places.get(store as LmdbStateStore)!;
      await (store as LmdbStateStore).close();
      places.delete(store as LmdbStateStore);
      return openAt(path);
    },
    remove: async () => {
      await Promise.all([...places.keys()].map((store) => store.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

stateStoreConformance('LmdbStateStore', async () => openPlace());

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

  it('refuses a store of another layout, and says what to do', async () => {
    const place = openPlace();
    const path = join(place.folder, 'old');
    const root = open({ path });
    await root.openDB('users', {}).put('u', 1);
    await root.close();
    expect(() => openStateStore(`lmdb:${path}`)).toThrow(expect.objectContaining({ code: 'FAILED_PRECONDITION', reason: 'STATE_INCOMPATIBLE' }));
    await place.remove();
  });

  it('is opened by a URL', () => {
    expect(() => openStateStore('redis://localhost')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'STATE_STORE_UNKNOWN' }));
  });
});
