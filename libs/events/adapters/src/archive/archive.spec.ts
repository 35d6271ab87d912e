import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ArchivedLog, partitionOfEvent, type EventLog } from '@serendip/events-domain';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { openObjectStore, type ObjectStore } from '@serendip/platform-objects';
import { ParquetFile } from '@serendip/platform-parquet';
import { create, events, fromBinary, toBinary, type MessageInitShape } from '@serendip/shared-contracts';
import { PARTITIONS } from '@serendip/shared-identity';
import { ArchiveWriter } from './archive-writer.js';
import { readWhole } from './archived-files.js';
import { ParquetArchive } from './parquet-archive.js';
import { rewriteArchive } from './rewrite-archive.js';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 10, 28, 22);

let directory = '';
let objects: ObjectStore;
let log: InMemoryEventLog;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'archive-'));
  objects = openObjectStore(`file:${directory}`);
  log = new InMemoryEventLog();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

type Fields = MessageInitShape<typeof events.EventSchema>;
let ids = 0;
const event = (fields: Fields = {}): events.Event => create(events.EventSchema, {
  eventId: `e${++ids}`, tenant: 'shop', type: 'click', userId: 'ann', eventTimeMs: START_MS, receivedAtMs: START_MS, items: [{ itemId: 'i1' }], ...fields,
});
const append = (...list: readonly events.Event[]) => log.append(list.map((each) => ({ partition: partitionOfEvent(each), bytes: Buffer.from(toBinary(events.EventSchema, each)) })));

const writer = (store = objects) => ArchiveWriter.open({ objects: store, archive: new ParquetArchive(store), versions: { event: '1' }, now: () => START_MS });

/** Archives everything that the log holds and the archive does not. */
async function archiveAll(store = objects): Promise<void> {
  const archive = new ParquetArchive(store);
  const into = await ArchiveWriter.open({ objects: store, archive, versions: { event: '1' }, now: () => START_MS });
  const read = await unarchived(log, archive);
  if (read.length > 0) await into.commit(read);
}

async function unarchived(source: EventLog, archive: ParquetArchive) {
  const [starts, ends] = [await archive.ends(), await source.ends()];
  const read = await Promise.all(ends.map(async (to, partition) => ({ partition, from: starts[partition]!, to, records: await source.read(partition, starts[partition]!, Infinity) })));
  return read.filter(({ from, to }) => from < to);
}

/** A store that fails at the n-th write or deletion. */
function crashingAt(store: ObjectStore, failing: number): ObjectStore {
  let changes = 0;
  const change = async (work: () => Promise<void>): Promise<void> => {
    if (++changes === failing) throw new Error('crash');
    await work();
  };
  return { ...bound(store), put: (key, bytes) => change(() => store.put(key, bytes)), delete: (key) => change(() => store.delete(key)) };
}

const bound = (store: ObjectStore) => ({ get: store.get.bind(store), list: store.list.bind(store), put: store.put.bind(store), delete: store.delete.bind(store) });

async function eventRows(store = objects): Promise<Record<string, unknown>[]> {
  const keys = await store.list('archive/events/');
  return (await Promise.all(keys.map(async (key) => (await ParquetFile.open((await store.get(key))!)).rows()))).flat();
}

const idsOf = async (store = objects): Promise<unknown[]> => (await eventRows(store)).map((row) => row.event_id).sort();

const everyRecord = async (source: EventLog): Promise<string[]> =>
  (await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => source.read(partition, 0, Infinity)))).flatMap((records, partition) => records.map(({ position, bytes }) => `${partition}:${position}:${Buffer.from(bytes).toString('hex')}`));

describe('the archive of the log', () => {
  it('has a file for each tenant and day, and a manifest that vouches for all of them', async () => {
    await append(event(), event({ eventTimeMs: START_MS + 3 * HOUR_MS }), event({ tenant: 'other' }), event({ userId: 'bob' }));
    await archiveAll();
    const [manifest] = await new ParquetArchive(objects).commits();
    expect(manifest!.events.map(({ tenant, day, rows }) => [tenant, day, rows]).sort()).toEqual([['other', '2026-11-28', 1], ['shop', '2026-11-28', 2], ['shop', '2026-11-29', 1]]);
    for (const { tenant, day, key } of manifest!.events) expect(key).toMatch(new RegExp(`^archive/events/tenant=${tenant}/day=${day}/000000000001-[0-9a-f]{16}\\.parquet$`));
    for (const file of [manifest!.records, ...manifest!.events]) expect((await readWhole(objects, file)).length).toBe(file.bytes);
    const ends = await log.ends();
    expect(manifest!.positions.map(({ partition, from, to, records }) => [partition, from, to > 0, records > 0])).toEqual(ends.flatMap((end, partition) => (end > 0 ? [[partition, 0, true, true]] : [])));
    expect(manifest!.versions).toEqual({ event: '1' });
  });

  it('has each event id once, and what was sent on to another partition not again', async () => {
    const twice = event({ eventId: 'twice' });
    await append(twice, event({ eventId: 'once' }), twice);
    await archiveAll();
    await append(twice, event({ eventId: 'twice', receivedAtMs: START_MS + 20 * HOUR_MS }), event({ eventId: 'once', userId: 'bob', cause: { partition: 1, position: 2 } }));
    await archiveAll();
    expect(await idsOf()).toEqual(['once', 'twice']);
    await append(event({ eventId: 'twice', receivedAtMs: START_MS + 30 * HOUR_MS }));
    await archiveAll();
    expect(await idsOf()).toEqual(['once', 'twice', 'twice']);
    const commits = await new ParquetArchive(objects).commits();
    expect(commits.map(({ repeats }) => repeats)).toEqual([1, 3, 0]);
  });

  it('keeps what is no event, and counts it', async () => {
    await log.append([{ partition: 3, bytes: Uint8Array.of(255, 255) }, { partition: 3, bytes: toBinary(events.EventSchema, event({ tenant: '../x' })) }]);
    await archiveAll();
    const archive = new ParquetArchive(objects);
    expect((await archive.commits())[0]).toMatchObject({ unreadable: 2, events: [] });
    expect((await archive.read(3, 0, 10)).records.map(({ bytes }) => bytes.length)).toEqual((await log.read(3, 0, 10)).map(({ bytes }) => bytes.length));
  });

  it('is read with the log as if nothing had been trimmed', async () => {
    for (let round = 0; round < 4; round++) {
      await append(...Array.from({ length: 30 }, (_, i) => event({ userId: `u${i % 7}` })));
      if (round < 3) await archiveAll();
    }
    const before = await everyRecord(log);
    const ends = await new ParquetArchive(objects).ends();
    await Promise.all(ends.map((end, partition) => log.trim(partition, end)));
    expect((await everyRecord(log)).length).toBeLessThan(before.length);
    const joined: string[] = [];
    const both = new ArchivedLog(log, new ParquetArchive(objects));
    for (let partition = 0; partition < PARTITIONS; partition++) {
      for (let next = 0; ;) {
        const page = await both.read(partition, next, 4);
        if (page.length === 0) break;
        joined.push(...page.map(({ position, bytes }) => `${partition}:${position}:${Buffer.from(bytes).toString('hex')}`));
        next = page.at(-1)!.position + 1;
      }
    }
    expect(joined).toEqual(before);
  });

  it('is read by pages at the cost of reading it once', async () => {
    const bytesOf = async (store: ObjectStore, page: number): Promise<number> => {
      let bytes = 0;
      const counting: ObjectStore = { ...bound(store), get: async (key, range) => {
        const got = await store.get(key, range);
        bytes += got?.length ?? 0;
        return got;
      } };
      const archive = new ParquetArchive(counting);
      const found: number[] = [];
      for (let next = 0, more = true; more;) {
        const read = await archive.read(ann, next, page);
        found.push(...read.records.map(({ position }) => position));
        [more, next] = [read.next > next, read.next];
      }
      expect(found).toEqual(all);
      return bytes;
    };
    const ann = partitionOfEvent(event());
    for (let commit = 0; commit < 2; commit++) {
      await append(...Array.from({ length: 200 }, () => event({ sessionId: randomUUID() })));
      await archiveAll();
    }
    const all = (await log.read(ann, 0, Infinity)).map(({ position }) => position);
    expect(await bytesOf(objects, 7)).toBeLessThan(1.2 * await bytesOf(objects, Infinity));
  });

  it('repeats nothing and loses nothing, whichever write it crashes at', async () => {
    await append(event({ eventId: 'a' }), event({ eventId: 'b', tenant: 'other' }), event({ eventId: 'c', eventTimeMs: START_MS + 5 * HOUR_MS }));
    for (let failing = 1; ; failing++) {
      const place = openObjectStore(`file:${join(directory, `${failing}`)}`);
      const crashed = await archiveAll(crashingAt(place, failing)).then(() => false, () => true);
      // What comes meanwhile makes another file of the same day.
      if (crashed) await append(event({ eventId: `late-${failing}` }));
      const expected = (await everyRecord(log)).length;
      await archiveAll(place);
      expect(await idsOf(place)).toHaveLength(expected);
      expect(new Set(await idsOf(place)).size).toBe(expected);
      if (!crashed) break;
    }
  });

  it('refuses a second writer, and says where it is damaged', async () => {
    await append(event());
    const other = await writer();
    const read = await unarchived(log, new ParquetArchive(objects));
    await archiveAll();
    await expect(other.commit(read)).rejects.toMatchObject({ code: 'ABORTED', reason: 'ARCHIVE_MOVED' });
    const [manifest] = await new ParquetArchive(objects).commits();
    await objects.put(manifest!.events[0]!.key, Uint8Array.of(1));
    await expect(readWhole(objects, manifest!.events[0]!)).rejects.toMatchObject({ reason: 'ARCHIVE_DAMAGED' });
    await objects.put('archive/commits/000000000001.json', Buffer.from('{}'));
    await expect(new ParquetArchive(objects).commits()).rejects.toMatchObject({ reason: 'ARCHIVE_DAMAGED' });
  });
});

describe('rewriting the archive', () => {
  const bob = partitionOfEvent(event({ userId: 'bob' }));
  const rewrite = (store: ObjectStore, archive = new ParquetArchive(store)) => rewriteArchive({
    objects: store, archive, partitions: new Set([bob]), erases: ({ bytes }) => fromBinary(events.EventSchema, bytes).userId === 'bob',
  });

  it('lets records go from all files, and nothing else; who had them open finds the new ones', async () => {
    await append(event({ eventId: 'a1' }), event({ eventId: 'b1', userId: 'bob' }), event({ eventId: 'b1', userId: 'bob' }));
    await archiveAll();
    await append(event({ eventId: 'a2' }));
    await archiveAll();
    const reader = new ParquetArchive(objects);
    const before = await reader.read(bob, 0, 10);
    expect(before.records).toHaveLength(2);
    expect(await rewrite(objects)).toEqual({ commits: 1, files: 2, records: 2 });
    expect(await idsOf()).toEqual(['a1', 'a2']);
    expect(await reader.read(bob, 0, 10)).toEqual({ records: [], next: before.next });
    expect(await objects.list('archive/records/')).toHaveLength(2);
    expect((await new ParquetArchive(objects).commits()).map(({ rewrites }) => rewrites)).toEqual([1, 0]);
    expect(await rewrite(objects)).toEqual({ commits: 0, files: 0, records: 0 });
    await append(event({ eventId: 'a3' }));
    await archiveAll();
    expect(await idsOf()).toEqual(['a1', 'a2', 'a3']);
  });

  it('lets records go from under who reads them by pages', async () => {
    await append(...['b1', 'b2', 'b3'].map((eventId) => event({ eventId, userId: 'bob' })));
    await archiveAll();
    const reader = new ParquetArchive(objects);
    const { records, next } = await reader.read(bob, 0, 1);
    expect(records).toHaveLength(1);
    await rewrite(objects);
    expect((await reader.read(bob, next, 1)).records).toEqual([]);
  });

  it('finishes when it is run again, whichever write it crashes at', async () => {
    await append(event({ eventId: 'a1' }), event({ eventId: 'b1', userId: 'bob' }), event({ eventId: 'b2', userId: 'bob', eventTimeMs: START_MS + 5 * HOUR_MS }));
    for (let failing = 1, crashed = true; crashed; failing++) {
      const place = openObjectStore(`file:${join(directory, `${failing}`)}`);
      await archiveAll(place);
      crashed = await rewrite(crashingAt(place, failing)).then(() => false, () => true);
      await rewrite(place);
      expect(await idsOf(place)).toEqual(['a1']);
      expect(await place.list('archive/records/')).toHaveLength(1);
      expect((await new ParquetArchive(place).read(bob, 0, 10)).records).toEqual([]);
    }
  });
});

describe('an event as columns', () => {
  it('has every field', async () => {
    const text = (value: string) => ({ value: { case: 'text' as const, value } });
    const vector = Buffer.from(Float32Array.of(0.5, -1).buffer);
    await append(
      event({
        eventId: 'full', sessionId: 's1', items: [{ itemId: 'i1', quantity: 2, price: 9.5 }, { itemId: 'i2' }], value: 19, currency: 'EUR', position: 3, placement: 'home', attributionToken: 'token',
        context: { device: 'tv', locale: 'nb-NO', country: 'NO', attributes: { rain: { value: { case: 'flag', value: true } }, tags: { value: { case: 'texts', value: { values: ['x', 'y'] } } } } },
        properties: { campaign: text('spring') }, schemaVersion: 1, importPosition: { importId: 'imp_1', batch: 2, index: 3 },
      }),
      event({
        eventId: 'served', type: '$served', items: [],
        payload: {
          case: 'served', value: {
            recommendationId: 'r1', items: [{ itemId: 'i1', score: 0.25, source: 'personal', propensity: 0.5, explored: true, ordinal: 7 }], asOfMs: START_MS, statePosition: 9, seedItemIds: ['i9'], retriever: 'retriever@1', ranker: 'ranker@2', arms: ['e=a'],
            shadow: { retriever: 'retriever@3', ranker: 'ranker@4', itemIds: ['i5'], tookMs: 1.5, degraded: ['ranking:LATE'] },
            featureNames: ['x', 'y'], features: Buffer.from(Float32Array.of(1, 2).buffer), featureOrdinals: Buffer.from(Int32Array.of(7).buffer),
          },
        },
      }),
      event({ eventId: 'item', type: '$item', userId: '', payload: { case: 'itemChange', value: { kind: events.ChangeKind.PUT, fields: [], item: { id: 'i1', title: 'Lamp', description: 'A lamp', categories: ['home', 'light'], tags: ['new'], attributes: { colour: text('red') }, price: 12, available: true, publishedAtMs: 5, expiresAtMs: 6, vector } } } }),
      event({ eventId: 'user', type: '$user', payload: { case: 'userChange', value: { kind: events.ChangeKind.PATCH, fields: ['age'], user: { id: 'ann', attributes: { age: { value: { case: 'number', value: 33 } } } } } } }),
      event({ eventId: 'identify', type: '$identify', userId: '', anonymousId: 'v1', payload: { case: 'identify', value: { userId: 'ann' } } }),
      event({ eventId: 'erase', type: '$erase', payload: { case: 'erase', value: { anonymousIds: ['v1'] } } }),
      event({ eventId: 'merge', type: '$merge', payload: { case: 'merge', value: { anonymousId: 'v1', state: Uint8Array.of(1, 2) } }, cause: { partition: 4, position: 2 ** 41 + 7 } }),
      event({ eventId: 'odd', type: '$item', userId: '', payload: { case: 'itemChange', value: { kind: 1, item: { id: 'i2', expiresAtMs: Infinity, vector: Uint8Array.of(0, 0, 0, 0, 1) } } }, cause: undefined }),
    );
    await archiveAll();
    const rows = new Map((await eventRows()).map((row) => [row.event_id, row]));
    expect(rows.get('full')).toMatchObject({
      type: 'click', user_id: 'ann', anonymous_id: undefined, session_id: 's1', event_time: START_MS, received_at: START_MS,
      items: [{ item_id: 'i1', quantity: 2, price: 9.5 }, { item_id: 'i2', quantity: 1 }], value: 19, currency: 'EUR', position: 3, placement: 'home', attribution_token: 'token',
      context_device: 'tv', context_locale: 'nb-NO', context_country: 'NO', context_attributes: '{"rain":true,"tags":["x","y"]}', properties: '{"campaign":"spring"}', schema_version: 1,
      import_id: 'imp_1', import_batch: 2, import_index: 3,
    });
    expect(rows.get('served')).toMatchObject({
      served_recommendation_id: 'r1', served_items: [{ item_id: 'i1', score: 0.25, source: 'personal', propensity: 0.5, explored: true, ordinal: 7 }], served_as_of: START_MS, served_state_position: 9, served_seed_items: ['i9'], served_retriever: 'retriever@1', served_ranker: 'ranker@2',
      served_shadow_retriever: 'retriever@3', served_shadow_ranker: 'ranker@4', served_shadow_item_ids: ['i5'], served_shadow_took_ms: 1.5, served_shadow_degraded: ['ranking:LATE'],
      served_arms: [{ experiment: 'e', arm: 'a' }], served_feature_names: ['x', 'y'], served_features: [1, 2], served_feature_ordinals: [7], items: undefined,
    });
    expect(rows.get('item')).toMatchObject({
      change_kind: 'put', item_id: 'i1', item_title: 'Lamp', item_description: 'A lamp', item_categories: ['home', 'light'], item_tags: ['new'], item_attributes: '{"colour":"red"}', item_price: 12,
      item_available: true, item_published_at: 5, item_expires_at: 6, item_vector: [0.5, -1],
    });
    expect(rows.get('user')).toMatchObject({ change_kind: 'patch', change_fields: ['age'], profile_id: 'ann', profile_attributes: '{"age":33}' });
    expect(rows.get('identify')).toMatchObject({ anonymous_id: 'v1', identified_user_id: 'ann' });
    expect(rows.get('odd')).toMatchObject({ item_vector: [0], item_expires_at: undefined });
    expect(rows.get('erase')).toMatchObject({ user_id: 'ann', erased_anonymous_ids: ['v1'] });
    expect(rows.get('merge')).toMatchObject({ merged_anonymous_id: 'v1', merged_state: Uint8Array.of(1, 2), cause_partition: 4, cause_position: 2 ** 41 + 7 });
    for (const row of rows.values()) expect(row.log_position).toBeGreaterThan(0);
  });
});
