import { describe, expect, it } from '@jest/globals';
import type { ImportBatch } from '../log/import-ledger.js';
import type { OpenLog } from '../log/open-log.js';
import type { LogPlace } from './event-log-conformance.js';

const encoder = new TextEncoder();

function batchOf(importId: string, batch: number, texts: readonly string[]): ImportBatch {
  const records = texts.map((text) => ({ partition: 1, bytes: encoder.encode(text) }));
  return { tenant: 't', importId, batch, records, accepted: texts.length, rejected: 1 };
}

async function textsOf(log: OpenLog): Promise<string[]> {
  return (await log.read(1, 0, 1_000_000)).map(({ bytes }) => new TextDecoder().decode(bytes));
}

/** The part of the log's contract that imports rely on. */
export function importLedgerConformance(subject: () => { readonly place: LogPlace; readonly log: OpenLog }): void {
  describe('imports', () => {
    it('are found again by name, within their tenant', async () => {
      const { imports } = subject().log;
      const opened = await imports.create('t', 'ratings');
      expect(opened).toMatchObject({ name: 'ratings', lastBatch: 0, accepted: 0, rejected: 0 });
      expect(await imports.create('t', 'ratings')).toEqual(opened);
      expect((await imports.create('other', 'ratings')).id).not.toBe(opened.id);
      expect((await imports.create('t', 'other')).id).not.toBe(opened.id);
      expect(await imports.find('t', opened.id)).toEqual(opened);
      expect(await imports.find('other', opened.id)).toBeUndefined();
    });

    it('apply each batch once, in order, and count', async () => {
      const { log } = subject();
      const { id } = await log.imports.create('t', 'ratings');
      expect(await log.imports.append(batchOf(id, 2, ['b']))).toMatchObject({ status: 'ahead', state: { lastBatch: 0 } });
      expect(await log.imports.append(batchOf(id, 1, ['a', 'aa']))).toEqual({ status: 'applied', state: { id, name: 'ratings', lastBatch: 1, accepted: 2, rejected: 1 } });
      expect(await log.imports.append(batchOf(id, 1, ['again']))).toMatchObject({ status: 'repeated', state: { lastBatch: 1, accepted: 2 } });
      expect(await log.imports.append(batchOf(id, 2, []))).toMatchObject({ status: 'applied', state: { lastBatch: 2, accepted: 2, rejected: 2 } });
      expect(await log.imports.append(batchOf(id, 3, ['c']))).toMatchObject({ status: 'applied', state: { lastBatch: 3, accepted: 3 } });
      expect(await log.imports.find('t', id)).toEqual({ id, name: 'ratings', lastBatch: 3, accepted: 3, rejected: 3 });
      expect(await textsOf(log)).toEqual(['a', 'aa', 'c']);
    });

    it('refuse batches of an import that was not created', async () => {
      const { log } = subject();
      await expect(log.imports.append(batchOf('imp_unknown', 1, ['a']))).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'IMPORT_UNKNOWN' });
      expect(await textsOf(log)).toEqual([]);
      await expect(log.append([{ partition: 1, bytes: encoder.encode('fine') }])).resolves.toHaveLength(1);
    });

    it('apply a batch once when many send it at the same time', async () => {
      const { log } = subject();
      const { id } = await log.imports.create('t', 'ratings');
      const sent = Array.from({ length: 60 }, (_, i) => log.imports.append(batchOf(id, 1 + (i % 6), [`batch ${1 + (i % 6)}`])));
      const outcomes = await Promise.all(sent);
      expect(outcomes.filter(({ status }) => status === 'applied')).toHaveLength(6);
      expect(await textsOf(log)).toEqual([1, 2, 3, 4, 5, 6].map((batch) => `batch ${batch}`));
    });
  });
}
