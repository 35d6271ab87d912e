import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deadLetterStoreConformance } from '@serendip/events-domain/testing';
import { LmdbDeadLetterStore } from './lmdb-dead-letter-store.js';

deadLetterStoreConformance('LmdbDeadLetterStore', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'dead-letters-'));
  let store = new LmdbDeadLetterStore(directory);
  return {
    open: async () => store,
    reopen: async () => {
      await store.close();
      store = new LmdbDeadLetterStore(directory);
      return store;
    },
    remove: async () => {
      await store.close();
      rmSync(directory, { recursive: true });
    },
  };
});

describe('LmdbDeadLetterStore', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'dead-letters-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('says that it failed where there can be no store, call by call', async () => {
    writeFileSync(join(directory, 'file'), '');
    const store = new LmdbDeadLetterStore(join(directory, 'file', 'dead-letters'));
    const failed = { code: 'UNAVAILABLE', reason: 'DEAD_LETTERS_FAILED' };
    await expect(store.add([{ tenant: 't', source: 'gateway', reason: 'A', detail: '', userId: '', original: new Uint8Array(1), atMs: 1 }])).rejects.toMatchObject(failed);
    await expect(store.list('t', { limit: 1 })).rejects.toMatchObject(failed);
    await store.close();
  });
});
