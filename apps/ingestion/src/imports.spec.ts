import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { DomainError } from '@serendip/shared-errors';
import { Fixture, view } from './ingestion.fixture.js';

let fixture: Fixture;
let importId: string;
beforeEach(async () => {
  fixture = await Fixture.start(new InMemoryEventLog());
  importId = (await fixture.client.createImport({ tenant: 't', name: 'ratings' })).import!.id;
});
afterEach(() => fixture.close());

const send = (batch: number, batchEvents: Parameters<typeof view>[0][], timeoutMs = 5_000) =>
  fixture.client.writeImportBatch({ tenant: 't', importId, batch, events: batchEvents.map((event) => view(event)) }, { timeoutMs });

describe('imports', () => {
  it('are found again by name', async () => {
    await send(1, [{}]);
    expect((await fixture.client.createImport({ tenant: 't', name: 'ratings' })).import).toMatchObject({ id: importId, lastBatch: 1 });
    expect((await fixture.client.getImport({ tenant: 't', importId })).import).toMatchObject({ name: 'ratings', lastBatch: 1, accepted: 1 });
    await expect(fixture.client.getImport({ tenant: 'other', importId })).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'IMPORT_UNKNOWN' });
    await expect(fixture.client.createImport({ tenant: 't', name: '' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'IMPORT_NAME_INVALID' });
  });

  it('keep events of any age at their own time, each with its place in the batch as sent', async () => {
    const { applied, results } = await send(1, [{ eventTimeMs: 978_300_760_000 }, { userId: '' }, { eventTimeMs: 978_300_770_000, eventId: 'own' }]);
    expect(applied).toBe(true);
    expect(results.map(({ reason }) => reason)).toEqual(['', 'WHO_MISSING', '']);
    expect(await fixture.stored()).toMatchObject([
      { eventId: `${importId}-1-0`, eventTimeMs: 978_300_760_000, importPosition: { importId, batch: 1, index: 0 } },
      { eventId: 'own', eventTimeMs: 978_300_770_000, importPosition: { importId, batch: 1, index: 2 } },
    ]);
    expect((await fixture.client.getImport({ tenant: 't', importId })).import).toMatchObject({ accepted: 2, rejected: 1 });
  });

  it('keep the places of a batch that the caller refused events of, and count these', async () => {
    await fixture.client.writeImportBatch({ tenant: 't', importId, batch: 1, events: [view({}), view({ userId: '' }), view({})], indices: [1, 2, 5], refused: 3 });
    expect((await fixture.stored()).map(({ eventId, importPosition }) => [eventId, importPosition?.index])).toEqual([[`${importId}-1-1`, 1], [`${importId}-1-5`, 5]]);
    expect((await fixture.client.getImport({ tenant: 't', importId })).import).toMatchObject({ lastBatch: 1, accepted: 2, rejected: 4 });
    for (const indices of [[1], [2, 1], [1, 1]]) {
      await expect(fixture.client.writeImportBatch({ tenant: 't', importId, batch: 2, events: [view({}), view({})], indices })).rejects.toMatchObject({ reason: 'IMPORT_BATCH_INVALID' });
    }
    expect(await fixture.client.writeImportBatch({ tenant: 't', importId, batch: 2, refused: 500 })).toMatchObject({ applied: true, import: { lastBatch: 2, rejected: 504 } });
  });

  it('change nothing when a batch is sent again', async () => {
    await send(1, [{}]);
    const again = await send(1, [{}, {}]);
    expect(again).toMatchObject({ applied: false, results: [], import: { lastBatch: 1, accepted: 1 } });
    expect(await fixture.stored()).toHaveLength(1);
  });

  it('apply batches that come in any order in their own', async () => {
    const answers = await Promise.all([4, 2, 5, 1, 3, 6].map((batch) => send(batch, [{ value: batch }])));
    expect(answers.every(({ applied }) => applied)).toBe(true);
    expect((await fixture.stored()).map(({ value }) => value)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('apply a batch once that is sent several times at once', async () => {
    const answers = await Promise.all([1, 1, 2, 2, 1, 2].map((batch) => send(batch, [{ value: batch }])));
    expect(answers.filter(({ applied }) => applied)).toHaveLength(2);
    expect((await fixture.stored()).map(({ value }) => value)).toEqual([1, 2]);
  });

  it('refuse a batch whose predecessors do not come before its deadline, and say how far they are', async () => {
    await send(1, [{}]);
    await expect(send(3, [{}], 200)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'IMPORT_BATCH_AHEAD', metadata: { lastBatch: '1' } });
    expect(await send(2, [{}])).toMatchObject({ applied: true });
    expect(await send(3, [{}])).toMatchObject({ applied: true });
  });

  it('let only so many batches wait', async () => {
    const waiting = Array.from({ length: 64 }, (_, i) => send(10 + i, [{}], 1_500).catch((error: unknown) => error));
    while (!(await fixture.registry.metrics()).includes('serendip_import_batches_waiting 64')) await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(send(100, [{}], 3_000)).rejects.toMatchObject({ reason: 'IMPORT_BATCH_AHEAD', metadata: { lastBatch: '0' } });
    expect(await send(1, [{}])).toMatchObject({ applied: true });
    for (const error of await Promise.all(waiting)) expect(error).toBeInstanceOf(DomainError);
  });

  it('refuse what is no batch of an import', async () => {
    await expect(send(0, [{}])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'IMPORT_BATCH_INVALID' });
    await expect(fixture.client.writeImportBatch({ tenant: 't', importId: 'imp_no', batch: 1 })).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'IMPORT_UNKNOWN' });
  });
});
