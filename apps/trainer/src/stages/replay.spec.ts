import { describe, expect, it } from '@jest/globals';
import { MemoryStateStore } from '@serendip/features-domain';
import { SOME_HOUR_MS, TENANT, USERS, aStateEvent, allStatistics, applyLog, logOf } from '@serendip/features-domain/testing';
import { FeatureComputer, RANKING_FEATURE_NAMES } from '@serendip/ranking-domain';
import { ItemColumns, type CatalogueItem } from '@serendip/shared-catalogue';
import { userEntity } from '@serendip/shared-identity';
import { UserStateView, eventTypeCode } from '@serendip/shared-layouts';
import fc from 'fast-check';
import { HistoryBuilder } from '../dataset/history-builder.js';
import { Replay } from './replay.js';

const MINUTE_MS = 60_000;
const ITEMS = ['a', 'b', 'c', 'd'];

const catalogue = ITEMS.map((id, ordinal): CatalogueItem => ({
  id, ordinal, version: 1, deleted: false, title: id, categories: [`c${ordinal % 2}`], tags: [`t${ordinal % 3}`], price: 1 + ordinal, available: true, publishedAtMs: SOME_HOUR_MS - ordinal * 86_400_000, expiresAtMs: Infinity, attributes: {},
}));

const happened = fc.record({
  user: fc.constantFrom(...USERS.slice(0, 2)), item: fc.constantFrom(...ITEMS), session: fc.constantFrom('', 's1', 's2'), value: fc.nat(5),
  type: fc.constantFrom('view', 'click', 'add_to_cart', 'purchase', 'rating', 'like', 'hide', 'impression', 'own'),
  /** Since the one before. */
  minutes: fc.oneof(fc.nat(60), fc.nat(30 * 24 * 60)),
});

type Happened = typeof happened extends fc.Arbitrary<infer T> ? T : never;

/** With the time of each, after the one before. */
function timed(list: readonly Happened[]): readonly (Happened & { readonly timeMs: number })[] {
  let timeMs = SOME_HOUR_MS;
  return list.map((one) => ({ ...one, timeMs: (timeMs += (1 + one.minutes) * MINUTE_MS) }));
}

/** Features of all items for a user. */
function featuresOf(state: Uint8Array, columns: ItemColumns, nowMs: number): Float32Array {
  const ordinals = Int32Array.from(ITEMS.keys());
  const scores = new Float32Array(ITEMS.length);
  return new FeatureComputer(RANKING_FEATURE_NAMES).compute(new UserStateView(state), columns, { ordinals, scores, personalScores: scores, nextScores: scores }, { nowMs });
}

describe('state as it was', () => {
  it('makes the features that the feature store\'s state made then', async () => {
    await fc.assert(fc.asyncProperty(fc.array(happened, { minLength: 1, maxLength: 30 }), fc.double({ min: 0, max: 1, noNaN: true }), async (list, share) => {
      const events = timed(list);
      const to = Math.floor(share * events.length);
      const builder = new HistoryBuilder();
      for (const { user, item, session, type, value, timeMs } of events) builder.add(user, item, { type: eventTypeCode(type), value: type === 'rating' ? value : NaN, timeMs, sessionId: session });
      const replay = new Replay(builder.build(new Map(catalogue.map((item) => [item.id, item]))));
      replay.advance(to);

      const store = new MemoryStateStore();
      await applyLog(store, logOf(events.slice(0, to).map(({ user, item, session, type, value, timeMs }) => aStateEvent({
        userId: user, sessionId: session, items: [{ itemId: item }], type, eventTimeMs: timeMs, receivedAtMs: timeMs, ...(type === 'rating' ? { value } : {}),
      }))));
      const columns = new ItemColumns();
      columns.apply(catalogue);
      for (const { key, row } of await allStatistics(store.reader)) columns.applyStatistics(Int32Array.of(columns.ordinal[columns.rowOfHashed(key.lo, key.hi)]!), row);

      const users = [...new Set(events.map(({ user }) => user))];
      const states = await store.reader.users(users.map((user) => ({ tenant: TENANT, entity: userEntity(user) })));
      const nowMs = (events[to - 1]?.timeMs ?? SOME_HOUR_MS) + MINUTE_MS;
      users.forEach((_, user) => {
        expect(featuresOf(replay.userState(user), replay.view().columns, nowMs)).toEqual(featuresOf(states[user] ?? new Uint8Array(0), columns, nowMs));
      });
    }), { numRuns: 300 });
  });
});
