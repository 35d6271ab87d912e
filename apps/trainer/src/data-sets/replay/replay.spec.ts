import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ArchiveWriter, ParquetArchive } from '@serendip/events-adapters';
import { partitionOfEvent } from '@serendip/events-domain';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { MemoryStateStore, MessageDocuments } from '@serendip/features-adapters';
import { PartitionApplier } from '@serendip/features-domain';
import { openObjectStore, type ObjectStore } from '@serendip/platform-objects';
import { FeatureComputer } from '@serendip/ranking-domain';
import { create, events, toBinary, type MessageInitShape } from '@serendip/shared-contracts';
import { itemEntity, partitionOf, userEntity } from '@serendip/shared-identity';
import { UserStateView } from '@serendip/shared-layouts';
import { Archiver } from '../../archive/archiver.js';
import type { ServedRow } from '../export/event-row.js';
import { replaySlates } from './replay-slates.js';
import { ReplayedState } from './replayed-state.js';
import { SlateFeatures } from './slate-features.js';

const START_MS = Date.UTC(2026, 10, 20);
const TENANT = 'shop';

let directory = '';
let objects: ObjectStore;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'replay-'));
  objects = openObjectStore(`file:${directory}`);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

let ids = 0;
const event = (seconds: number, fields: MessageInitShape<typeof events.EventSchema>): events.Event => create(events.EventSchema, {
  eventId: `e${++ids}`, tenant: TENANT, userId: 'ann', eventTimeMs: START_MS + seconds * 1000, receivedAtMs: START_MS + seconds * 1000, ...fields,
});
const put = (seconds: number, id: string, price: number): events.Event => event(seconds, { type: '$item', userId: '', payload: { case: 'itemChange', value: { kind: events.ChangeKind.PUT, item: { id, price, categories: ['c'] } } } });
const click = (seconds: number, itemId: string, userId = 'ann'): events.Event => event(seconds, { type: 'click', userId, items: [{ itemId }] });

/** Archives events; answers where each stands in its partition. */
async function archived(list: readonly events.Event[]): Promise<{ readonly archive: ParquetArchive; readonly positions: readonly number[] }> {
  const log = new InMemoryEventLog();
  const positions = await log.append(list.map((each) => ({ partition: partitionOfEvent(each), bytes: toBinary(events.EventSchema, each) })));
  const archive = new ParquetArchive(objects);
  const now = (): number => START_MS;
  const writer = await ArchiveWriter.open({ objects, archive, versions: {}, now });
  await new Archiver({ objects, log, positions: log.positions, archive, writer, retention: { ageMs: 1, bytes: 1 }, now }).archiveNow();
  return { archive, positions };
}

const profile = (seconds: number, tier: number): events.Event => event(seconds, {
  type: '$user', payload: { case: 'userChange', value: { kind: events.ChangeKind.PATCH, fields: ['tier'], user: { id: 'ann', attributes: { tier: { value: { case: 'number', value: tier } } } } } },
});

const annsPartition = partitionOf(TENANT, userEntity('ann'));
const slate = (id: string, more: Partial<ServedRow>): ServedRow => ({
  event_id: id, type: '$served', event_time: START_MS, log_partition: annsPartition, log_position: 0, user_id: 'ann', placement: 'home', served_recommendation_id: id, served_items: [], ...more,
});

describe('replaying slates', () => {
  it('gives the very user state that a slate was made from, and items as of its time', async () => {
    const happened = [put(0, 'a', 5), click(1, 'a'), click(2, 'a', 'bob'), click(3, 'a'), put(4, 'a', 9), click(5, 'a')];
    const { archive, positions } = await archived(happened);
    const store = new MemoryStateStore();
    const applier = new PartitionApplier(annsPartition, { store, documents: new MessageDocuments() });
    let cursor = 0;
    const states = new Map<number, string>([[0, '']]);
    for (const [i, each] of happened.entries()) {
      if (partitionOfEvent(each) !== annsPartition) continue;
      await applier.apply([{ position: positions[i]!, event: each }], { cursor, end: (cursor = positions[i]! + 1) });
      const [record] = await store.users([{ tenant: TENANT, entity: userEntity('ann') }]);
      states.set(positions[i]!, Buffer.from(record!).toString('hex'));
    }
    const state = new ReplayedState(TENANT);
    const seen: [string, string, number, number][] = [];
    await replaySlates({
      tenant: TENANT, archive, state, onProgress: () => undefined, signal: { aborted: false },
      slates: [
        slate('last', { served_as_of: START_MS + 6000, served_state_position: positions[5]! }), slate('first', { served_as_of: START_MS + 3500, served_state_position: positions[1]! }),
        slate('stranger', { served_as_of: START_MS + 500, served_state_position: 0 }), slate('late', { served_as_of: START_MS + 2500, served_state_position: positions[3]! }),
        slate('moved', { served_as_of: START_MS + 2500, served_state_position: 77 }),
      ],
      onSlate: async ({ served_recommendation_id: id }, userState) => {
        await state.update();
        const { columns } = state.view();
        seen.push([id, Buffer.from(userState).toString('hex'), userState.length === 0 ? 0 : new UserStateView(userState).position, columns.price[columns.rowOfId('a')]!]);
      },
    });
    expect(seen).toEqual([
      ['stranger', states.get(0), 0, 5], ['late', states.get(positions[3]!), positions[3], 5], ['first', states.get(positions[1]!), positions[1], 5], ['last', states.get(positions[5]!), positions[5], 9],
    ]);
  });

  it('knows a profile as it was when a slate was made, not as it is', async () => {
    const { archive, positions } = await archived([put(0, 'a', 5), profile(1, 1), click(2, 'a'), profile(3, 2), profile(4, 3)]);
    const state = new ReplayedState(TENANT);
    const settings = { placements: [{ name: 'home', sources: [{ name: 'popular', limit: 10, window: '', timeoutMs: 0 }], seenTypes: 0, candidates: 10 }], models: [] };
    const features = await SlateFeatures.open({ tenant: TENANT, objects, state, settings, names: ['user.tier', 'user.nothing'] });
    const made: [string, number[]][] = [];
    const served = (id: string, seconds: number, position: number) => slate(id, {
      served_as_of: START_MS + seconds * 1000, served_state_position: position, served_items: [{ item_id: 'a', ordinal: partitionOf(TENANT, itemEntity('a')), score: 1, source: 'popular', propensity: 1, explored: false }],
    });
    await replaySlates({
      tenant: TENANT, archive, state, onProgress: () => undefined, signal: { aborted: false },
      slates: [served('stranger', 0.5, 0), served('first', 1.5, positions[1]!), served('clicked', 2.5, positions[2]!), served('second', 3.5, positions[3]!), served('late', 4.5, positions[3]!), served('third', 4.6, positions[4]!)],
      onSlate: async (each, userState) => { made.push([each.served_recommendation_id, [...await features.of(each, userState)]]); },
    });
    expect(Object.fromEntries(made)).toEqual({ stranger: [0, 0], first: [1, 0], clicked: [1, 0], second: [2, 0], late: [2, 0], third: [3, 0] });
  });

  it('makes the features that serving makes of the same state and columns, and none of what it can not know', async () => {
    const { archive, positions } = await archived([put(0, 'a', 5), put(0, 'b', 7), click(1, 'a'), click(2, 'b', 'bob'), click(3, 'b', 'carol')]);
    const state = new ReplayedState(TENANT);
    const names = ['popularity_7d', 'seen_count', 'user_events', 'price_log', 'device_tv', 'gone_since'];
    const asOf = START_MS + 10_000;
    const settings = { placements: [{ name: 'home', sources: [{ name: 'popular', limit: 10, window: '', timeoutMs: 0 }], seenTypes: 0, candidates: 10 }], models: [] };
    const features = await SlateFeatures.open({ tenant: TENANT, objects, state, settings, names });
    const rows = new Map<string, Float32Array>();
    const items = (...ordinals: readonly number[]): ServedRow['served_items'] => ordinals.map((ordinal) => ({ item_id: `${ordinal}`, ordinal, score: 1, source: 'popular', propensity: 1, explored: false }));
    const state2 = { served_as_of: asOf, served_state_position: positions[2]! };
    const [a, b] = ['a', 'b'].map((id) => partitionOf(TENANT, itemEntity(id)));
    await replaySlates({
      tenant: TENANT, archive, state, onProgress: () => undefined, signal: { aborted: false },
      slates: [slate('both', { ...state2, served_items: items(a!, b!, 6399), context_device: 'tv' }), slate('elsewhere', { ...state2, served_items: items(a!), placement: 'removed' })],
      onSlate: async (each, userState) => { rows.set(each.served_recommendation_id, await features.of(each, userState)); },
    });
    const [userState] = await Promise.all([state.user({ tenant: TENANT, entity: userEntity('ann') })]);
    const nothing = new Float32Array(2);
    const computed = new FeatureComputer(names.slice(0, 5)).compute(new UserStateView(userState), state.view().columns, { ordinals: Int32Array.of(a!, b!), scores: nothing, personalScores: nothing, nextScores: nothing }, {
      nowMs: asOf, visit: { device: 'tv', locale: '', country: '', attributes: {} },
    });
    const both = rows.get('both')!;
    expect([...both.subarray(0, 5), ...both.subarray(6, 11)]).toEqual([...computed]);
    expect(both[1]).toBeGreaterThan(0);
    expect([both[5], ...both.subarray(12)].every(Number.isNaN)).toBe(true);
    expect(rows.get('elsewhere')!.every(Number.isNaN)).toBe(true);
  });
});
