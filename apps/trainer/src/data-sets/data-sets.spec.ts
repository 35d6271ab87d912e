import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ArchiveWriter, ParquetArchive, rewriteArchive } from '@serendip/events-adapters';
import { partitionOfEvent } from '@serendip/events-domain';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { openObjectStore, type ObjectStore } from '@serendip/platform-objects';
import { ParquetFile } from '@serendip/platform-parquet';
import { create, events, fromBinary, toBinary, type MessageInitShape } from '@serendip/shared-contracts';
import { bytesOf } from '@serendip/shared-layouts';
import { Archiver } from '../archive/archiver.js';
import { DataSets } from './data-sets.js';
import { exportManifestKey, writeExport } from './export/write-export.js';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 20);

let directory = '';
let objects: ObjectStore;
let log: InMemoryEventLog;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'data-sets-'));
  objects = openObjectStore(`file:${directory}`);
  log = new InMemoryEventLog();
});
afterEach(async () => {
  await log.close();
  rmSync(directory, { recursive: true, force: true });
});

let ids = 0;
type Fields = MessageInitShape<typeof events.EventSchema>;
const event = (fields: Fields = {}): events.Event => create(events.EventSchema, {
  eventId: `e${++ids}`, tenant: 'shop', type: 'view', userId: 'ann', eventTimeMs: START_MS, receivedAtMs: START_MS, items: [{ itemId: 'i1' }], ...fields,
});

async function archived(...list: readonly events.Event[]): Promise<DataSets> {
  await log.append(list.map((each) => ({ partition: partitionOfEvent(each), bytes: toBinary(events.EventSchema, each) })));
  const archive = new ParquetArchive(objects);
  const now = (): number => START_MS + 9 * DAY_MS;
  const writer = await ArchiveWriter.open({ objects, archive, versions: { event: '1' }, now });
  await new Archiver({ log, objects, positions: log.positions, archive, writer, retention: { ageMs: DAY_MS, bytes: 1e9 }, now }).archiveNow();
  return new DataSets({ objects, archive, now });
}

const period = (days: number, from = 0) => ({ tenant: 'shop', fromMs: START_MS + from * DAY_MS, toMs: START_MS + (from + days) * DAY_MS });

describe('a data set', () => {
  it('is the same version for the same times and content, and another one once that has changed', async () => {
    const dataSets = await archived(event(), event({ eventTimeMs: START_MS + DAY_MS }), event({ tenant: 'other' }));
    const first = await dataSets.create(period(2));
    expect(first).toMatchObject({ tenant: 'shop', rows: 2, versions: { event: '1' }, commit: 1 });
    expect(first.id).toMatch(/^ds_[0-9a-f]{32}$/);
    expect(await dataSets.create(period(2))).toEqual(first);
    const later = await archived(event({ eventTimeMs: START_MS + 5 * DAY_MS }));
    expect((await later.create(period(2))).id).toBe(first.id);
    const longer = await later.create(period(6));
    expect(longer.id).not.toBe(first.id);
    const late = await archived(event());
    const second = await late.create(period(2));
    expect(second).toMatchObject({ rows: 3 });
    expect((await late.get('shop', first.id)).rows).toBe(2);
    expect((await late.list('shop')).map(({ id }) => id).sort()).toEqual([first.id, second.id, longer.id].sort());
  });

  it('ends where it says, within a day too, and is refused where nothing is', async () => {
    const dataSets = await archived(...[0, 1, 2, 3].map((hour) => event({ eventTimeMs: START_MS + hour * 3_600_000 })));
    expect((await dataSets.create({ tenant: 'shop', fromMs: START_MS + 3_600_000, toMs: START_MS + 3 * 3_600_000 })).rows).toBe(2);
    await expect(dataSets.create(period(1, 7))).rejects.toMatchObject({ reason: 'DATASET_EMPTY' });
    await expect(dataSets.create({ ...period(1), tenant: 'nobody' })).rejects.toMatchObject({ reason: 'DATASET_EMPTY' });
  });

  it('is a tenant\'s own', async () => {
    const { id } = await (await archived(event())).create(period(1));
    const dataSets = await archived();
    await expect(dataSets.get('other', id)).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'DATASET_UNKNOWN' });
    await expect(dataSets.get('shop', '../x')).rejects.toMatchObject({ reason: 'DATASET_UNKNOWN' });
  });

  it('follows its files when they are written anew, and says so', async () => {
    const bob = event({ userId: 'bob' });
    const dataSets = await archived(event(), bob);
    const made = await dataSets.create(period(1));
    expect(await dataSets.files(made)).toMatchObject({ rewritten: 0 });
    await rewriteArchive({ objects, archive: new ParquetArchive(objects), partitions: new Set([partitionOfEvent(bob)]), erases: ({ bytes }) => fromBinary(events.EventSchema, bytes).userId === 'bob' });
    const { files, rewritten } = await dataSets.files(made);
    expect(rewritten).toBe(1);
    expect(files.map(({ rows }) => rows)).toEqual([1]);
  });
});

describe('an export', () => {
  const token = (recommendationId: string): string => `${Buffer.from(JSON.stringify({ recommendationId })).toString('base64url')}.signature`;
  const served = (recommendationId: string, more: MessageInitShape<typeof events.ServedSchema> = {}): events.Event => event({
    type: '$served', items: [], placement: 'home', context: { device: 'tv' },
    payload: {
      case: 'served', value: {
        recommendationId, retriever: 'retriever@1', ranker: 'ranker@2', arms: ['layout=wide'],
        items: [{ itemId: 'i1', ordinal: 64, score: 2, source: 'personal', propensity: 1 }, { itemId: 'i2', ordinal: 65, score: 1, source: 'popular', propensity: 0.25, explored: true }],
        featureNames: ['a', 'b'], featureOrdinals: bytesOf(Int32Array.of(65, 99, 64)), features: bytesOf(Float32Array.of(1, 2, 3, 4, 5, 6)), ...more,
      },
    },
  });
  const click = (recommendationId: string, itemId: string, hours: number, fields: Fields = {}): events.Event =>
    event({ type: 'click', items: [{ itemId }], attributionToken: token(recommendationId), eventTimeMs: START_MS + hours * 3_600_000, ...fields });

  async function tables(...list: readonly events.Event[]) {
    const dataSets = await archived(...list);
    const dataSet = await dataSets.create(period(5));
    const manifest = await writeExport({ objects, archive: new ParquetArchive(objects), dataSets, dataSet, options: { outcomeHours: 24, features: 'served' }, settings: { placements: [], models: [] }, onProgress: () => undefined, signal: { aborted: false } });
    const rows = async (table: string) => (await Promise.all(manifest.files.filter(({ path }) => path.startsWith(table)).map(async ({ key }) => (await ParquetFile.open((await objects.get(key))!)).rows()))).flat();
    return { manifest, examples: await rows('examples/'), interactions: await rows('interactions/') };
  }

  it('joins what was shown, with its features as they were served, with what came of it', async () => {
    const { examples, manifest } = await tables(
      served('r1'), click('r1', 'i2', 1), click('r1', 'i2', 2), click('r1', 'i2', 25), click('r2', 'i1', 1),
      event({ type: 'purchase', items: [{ itemId: 'i1', price: 9 }], value: 9, currency: 'EUR', attributionToken: token('r1'), eventTimeMs: START_MS + 3 }),
      event({ type: 'wish', items: [{ itemId: 'i1' }], attributionToken: token('r1') }), event({ type: 'click', items: [{ itemId: 'i1' }], attributionToken: 'nonsense' }),
    );
    expect(examples).toHaveLength(2);
    expect(examples[0]).toMatchObject({
      recommendation_id: 'r1', user_id: 'ann', placement: 'home', retriever: 'retriever@1', ranker: 'ranker@2', arms: [{ experiment: 'layout', arm: 'wide' }], context_device: 'tv',
      item_id: 'i1', place: 0, score: 2, source: 'personal', propensity: 1, explored: false, outcome_click: 0, outcome_purchase: 1, value_purchase: 9, outcome_wish: 1, outcome_view: 0,
      features_from: 'served', feature_a: 5, feature_b: 6,
    });
    expect(examples[1]).toMatchObject({ item_id: 'i2', place: 1, propensity: 0.25, explored: true, outcome_click: 2, outcome_purchase: 0, value_purchase: undefined, feature_a: 1, feature_b: 2 });
    expect(manifest.featureNames).toEqual(['a', 'b']);
  });

  it('has no features where none were logged, and columns for all that some slate has', async () => {
    const { examples } = await tables(
      served('r1'), served('r2', { featureNames: ['b', 'c'], featureOrdinals: bytesOf(Int32Array.of(64)), features: bytesOf(Float32Array.of(7, 8)) }), served('r3', { featureNames: [], featureOrdinals: new Uint8Array(), features: new Uint8Array() }),
    );
    const of = (id: string, place: number) => examples.find((row) => row.recommendation_id === id && row.place === place);
    expect(of('r1', 0)).toMatchObject({ feature_a: 5, feature_b: 6, feature_c: undefined, features_from: 'served' });
    expect(of('r2', 0)).toMatchObject({ feature_a: undefined, feature_b: 7, feature_c: 8, features_from: 'served' });
    expect(of('r2', 1)).toMatchObject({ feature_b: undefined, features_from: undefined });
    expect(of('r3', 0)).toMatchObject({ feature_a: undefined, features_from: undefined });
  });

  it('has every interaction by item, and the same bytes when it is made again', async () => {
    const { interactions, manifest } = await tables(click('r1', 'i9', 1, { sessionId: 's', value: 2 }), event({ type: 'purchase', items: [{ itemId: 'i1', quantity: 2, price: 3 }, { itemId: 'i2' }] }), served('r1'));
    expect(interactions.map(({ type, item_id: item, recommendation_id: slate }) => [type, item, slate])).toEqual([['purchase', 'i1', undefined], ['purchase', 'i2', undefined], ['click', 'i9', 'r1']]);
    expect(interactions[2]).toMatchObject({ user_id: 'ann', session_id: 's', value: 2 });
    const again = await tables();
    expect(again.manifest).toEqual(manifest);
    expect(await objects.get(exportManifestKey('shop', manifest.id))).toBeDefined();
  });

  it('leaves nothing where somebody is erased from its data set meanwhile', async () => {
    const bob = event({ userId: 'bob' });
    const dataSets = await archived(event(), bob, served('r1'));
    const dataSet = await dataSets.create(period(1));
    const archive = new ParquetArchive(objects);
    const erase = () => rewriteArchive({ objects, archive, partitions: new Set([partitionOfEvent(bob)]), erases: ({ bytes }) => fromBinary(events.EventSchema, bytes).userId === 'bob' });
    let looks = 0;
    const files = async (of: typeof dataSet) => {
      if (++looks === 2) {
        expect((await objects.list('exports/')).length).toBeGreaterThan(1);
        await erase();
      }
      return dataSets.files(of);
    };
    const task = { objects, archive, dataSet, options: { outcomeHours: 24, features: 'served' as const }, settings: { placements: [], models: [] }, onProgress: () => undefined, signal: { aborted: false } };
    await expect(writeExport({ ...task, dataSets: { files } })).rejects.toMatchObject({ code: 'ABORTED', reason: 'DATASET_REWRITTEN' });
    expect(await objects.list('exports/')).toEqual([]);
    expect((await writeExport({ ...task, dataSets })).files.find(({ path }) => path.startsWith('interactions/'))!.rows).toBe(1);
  });
});
