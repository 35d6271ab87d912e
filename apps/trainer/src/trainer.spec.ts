import { describe, expect, it } from '@jest/globals';
import { MemoryStateStore, MessageDocuments } from '@serendip/features-adapters';
import { PartitionApplier } from '@serendip/features-domain';
import type { CatalogueItem } from '@serendip/shared-catalogue';
import { create, events } from '@serendip/shared-contracts';
import { partitionOf, userEntity } from '@serendip/shared-identity';
import { FeatureComputer, RANKING_FEATURE_NAMES } from '@serendip/ranking-domain';
import { UserStateView, encodeProfile, engagementWeight, eventTypeCode } from '@serendip/shared-layouts';
import { HistoryBuilder } from './dataset/history-builder.js';
import { before, interactions, sequencesOf } from './dataset/history.js';
import { overall } from './run/plan.js';
import { judge, quality } from './stages/evaluate.js';
import { featureNames, readsProfiles } from './stages/feature-names.js';
import { HEADS, collectExamples, type Examples } from './stages/examples.js';
import { trainRankerStage } from './stages/ranker-stage.js';
import { Replay } from './stages/replay.js';
import { retrieverModel, trainRetriever } from './stages/retriever-stage.js';
import { rankerScores } from './stages/score-examples.js';
import { trainTaste } from './stages/taste-stage.js';

const START = 1_790_000_000_000;
const CLICK = eventTypeCode('click');
const signal = { aborted: false };

function item(n: number): CatalogueItem {
  return {
    ordinal: n, version: 1, deleted: false, id: `item-${n}`, title: '', categories: ['all', `group-${n % 6}`], tags: [], price: 10, available: true, publishedAtMs: -Infinity, expiresAtMs: Infinity, attributes: {},
  };
}

const catalogue = new Map(Array.from({ length: 120 }, (_, n) => [`item-${n}`, item(n)]));

/** People in three countries, one of them of few; the weather changes. */
const visitOf = (user: number, step: number) => ({
  device: 'mobile', locale: '', country: user === 0 && step === 0 ? 'IS' : ['NO', 'SE'][user % 2]!,
  attributes: { timeZone: { value: { case: 'text', value: 'Europe/Oslo' } }, rain: { value: { case: 'flag', value: step % 2 === 0 } } },
});

/** Users who each stay in one of six groups of items, in time order. */
function historyOf(users = 80, each = 20) {
  const builder = new HistoryBuilder();
  let seed = 7;
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let step = 0; step < each; step++) {
    for (let user = 0; user < users; user++) {
      const n = Math.floor(random() * 20) * 6 + (user % 6);
      builder.add(userEntity(`user-${user}`), `item-${n}`, { type: CLICK, value: NaN, timeMs: START + (step * users + user) * 1000, sessionId: `s${step >> 2}`, visit: visitOf(user, step) });
    }
  }
  return builder.build(catalogue);
}

describe('history', () => {
  it('is in time order whatever order events came in, without items that are not in the catalogue', () => {
    const builder = new HistoryBuilder();
    builder.add('u:b', 'item-1', { type: CLICK, value: NaN, timeMs: 30 });
    builder.add('u:a', 'item-2', { type: CLICK, value: NaN, timeMs: 10 });
    builder.add('u:a', 'gone', { type: CLICK, value: NaN, timeMs: 15 });
    builder.add('u:b', 'item-3', { type: CLICK, value: NaN, timeMs: 20 });
    const history = builder.build(catalogue);
    expect([...history.timeMs]).toEqual([10, 20, 30]);
    const { offsets, items } = sequencesOf(history, engagementWeight);
    const ids = [0, 1].map((user) => Array.from(items.subarray(offsets[user], offsets[user + 1]), (n) => history.items[n]!.id));
    expect(ids).toEqual([['item-3', 'item-1'], ['item-2']]);
    expect(interactions(before(history, 1))).toBe(1);
  });
});

describe('replay', () => {
  it('gives the user states that serving has, byte for byte but for log position', async () => {
    const history = historyOf(3, 300);
    const replay = new Replay(history);
    replay.advance(interactions(history));
    for (const user of [0, 1, 2]) {
      const userId = `user-${user}`;
      const partition = partitionOf('t', userEntity(userId));
      const store = new MemoryStateStore();
      const batch = Array.from(history.user, (_, i) => i).filter((i) => history.user[i] === user).map((i) => ({
        position: i + 1,
        event: create(events.EventSchema, {
          tenant: 't', userId, eventId: `${i}`, type: 'click', sessionId: `s${Math.floor((history.timeMs[i]! - START) / 3000) >> 2}`, items: [{ itemId: history.items[history.item[i]!]!.id }], eventTimeMs: history.timeMs[i]!, receivedAtMs: history.timeMs[i]!,
        }),
      }));
      await new PartitionApplier(partition, { store, documents: new MessageDocuments() }).apply(batch, { cursor: 0, end: 1e6 });
      const [served] = await store.users([{ tenant: 't', entity: userEntity(userId) }]);
      const withoutPosition = (record: Uint8Array): string => Buffer.from(record).fill(0, 16, 24).toString('hex');
      expect(withoutPosition(replay.userState(user))).toBe(withoutPosition(served!));
    }
  });

  it('has profiles as they were by then', () => {
    const builder = new HistoryBuilder();
    const profile = (age: number) => encodeProfile({ age });
    builder.changeProfile('u:a', { timeMs: START + 500, profile: profile(1) });
    for (const step of [0, 1, 2, 3]) builder.add('u:a', `item-${step}`, { type: CLICK, value: NaN, timeMs: START + step * 1000 });
    builder.changeProfile('u:a', { timeMs: START + 2000, profile: profile(2) });
    builder.changeProfile('u:b', { timeMs: START + 2500, profile: profile(9) });
    const history = builder.build(catalogue);
    const replay = new Replay(history);
    const ages = [0, 1, 2, 3, 4].map((at) => {
      replay.advance(at);
      return [0, 1].map((user) => [...new UserStateView(replay.userState(user)).profile]);
    });
    expect(ages).toEqual([[[], []], [profile(1), []], [profile(1), []], [profile(2), profile(9)], [profile(2), profile(9)]].map((row) => row.map((bytes) => [...bytes])));
  });

  it('knows nothing of what comes later', () => {
    const history = historyOf();
    const replay = new Replay(history);
    replay.advance(0);
    expect(replay.userState(0)).toHaveLength(0);
    expect(replay.hasSeen(history.user[0]!, history.item[0]!)).toBe(false);
    replay.advance(1);
    expect(replay.hasSeen(history.user[0]!, history.item[0]!)).toBe(true);
  });
});

describe('features', () => {
  it('are the declared ones and what contexts say often enough, and not always', () => {
    const names = featureNames(historyOf());
    expect(names.slice(0, RANKING_FEATURE_NAMES.length)).toEqual(RANKING_FEATURE_NAMES);
    expect(names.slice(RANKING_FEATURE_NAMES.length).sort()).toEqual(['context.country=NO', 'context.country=SE', 'context.rain']);
    const wanted = ['seen_count@30d', 'user_count.click.7d', 'seen_count@30d', 'price_log', 'context.snow', 'no_longer_there'];
    expect(featureNames(historyOf(), wanted)).toEqual([...names, 'seen_count@30d', 'user_count.click.7d']);
    expect([readsProfiles(wanted), readsProfiles([...wanted, 'user.age'])]).toEqual([false, true]);
  });

  it('of a training row are those that serving computes for the same state and context', async () => {
    const profiles = Array.from({ length: 80 }, (_, user) => ({ user, timeMs: START, profile: encodeProfile({ age: user / 2 }) }));
    const history = { ...historyOf(), profiles };
    const own = ['user.age', 'user_count.view.7d', 'user_idle.view', 'user_events@1s', 'user_idle.view@1000d', 'user_count.view.7d@1m'];
    const names = featureNames(history, own);
    const retriever = await trainRetriever({ history, maxSeconds: 1, onProgress: () => undefined, signal });
    const at = 1000;
    const taste = trainTaste({ history, signal });
    const rows = await collectExamples({ history, names, retriever: retrieverModel(retriever, 'retriever@1'), taste, from: at, to: at + 1, requests: 1, candidates: 60, thin: false, onProgress: () => undefined, signal });
    const replay = new Replay(history);
    replay.advance(at);
    const context = ['local_hour_sin', 'weekend', 'device_mobile', 'session_minutes', 'session_new', 'context.rain', 'context.country=SE', ...own];
    const one = new Float32Array(1);
    const served = new FeatureComputer(context).compute(new UserStateView(replay.userState(history.user[at]!)), replay.view().columns, { ordinals: Int32Array.of(0), scores: one, personalScores: one, nextScores: one }, {
      nowMs: history.timeMs[at]!, visit: visitOf(history.user[at]!, Math.floor(at / 80)),
    });
    expect(context.map((name) => rows.features[names.indexOf(name)])).toEqual([...served]);
    expect(served[context.indexOf('user.age')]).toBe(history.user[at]! / 2);
  });
});

describe('training', () => {
  it('learns a retriever and a ranker that beat popularity on what came later', async () => {
    const history = historyOf();
    const total = interactions(history);
    const from = Math.floor(total * 0.7);
    const retriever = await trainRetriever({ history: before(history, from), maxSeconds: 20, onProgress: () => undefined, signal });
    const asked = { history, names: featureNames(history), retriever: retrieverModel(retriever, 'retriever@1'), taste: trainTaste({ history: before(history, from), signal }), requests: 200, candidates: 60, onProgress: () => undefined, signal };
    const lessons = await collectExamples({ ...asked, from, to: Math.floor(total * 0.85), thin: true });
    const judged = await collectExamples({ ...asked, from: Math.floor(total * 0.85), to: total, thin: false });
    const ranker = await trainRankerStage({ examples: lessons, maxSeconds: 10, onProgress: () => undefined, signal });
    const popularity = quality(judged, judged.popularity);
    const system = quality(judged, await rankerScores(ranker.onnx, judged));
    expect(judge(quality(judged, judged.retrievalScores), { name: 'popularity', quality: popularity }).promoted).toBe(true);
    expect(judge(system, { name: 'popularity', quality: popularity }).promoted).toBe(true);
  }, 60_000);
});

/** Two requests of three candidates. */
const examples = (labels: readonly number[]): Examples => ({
  offsets: Int32Array.of(0, 3, 6), names: [], features: new Float32Array(0), labels: Float32Array.from(labels.flatMap((label) => [label, 0])), weights: new Float32Array(6).fill(1),
  retrievalScores: new Float32Array(6), popularity: new Float32Array(6), targets: Int32Array.of(1, 2),
});

describe('judging', () => {
  it('counts what was never among the candidates as missed', () => {
    expect(HEADS).toHaveLength(2);
    const { ndcg, hitRate } = quality(examples([1, 0, 0, 1, 0, 0]), Float32Array.of(3, 2, 1, 3, 2, 1));
    expect(hitRate).toBe(1);
    expect(ndcg).toBeCloseTo((1 + 1 / (1 + 1 / Math.log2(3))) / 2, 6);
  });

  it('promotes what is better by more than chance, and nothing that is the same', () => {
    const of = (value: number) => ({ ndcg: value, hitRate: 0, ndcgs: Float64Array.from({ length: 100 }, (_, i) => value + (i % 10) / 100) });
    expect(judge(of(0.3), { name: 'x', quality: of(0.1) }).promoted).toBe(true);
    expect(judge(of(0.1), { name: 'x', quality: of(0.1) }).promoted).toBe(false);
    expect(judge(of(0.1), { name: 'x', quality: of(0.3) }).verdict).toContain('not promoted');
  });
});

describe('progress', () => {
  it('goes from 0 to 1 over the stages', () => {
    expect(overall('reading the log', 0)).toBe(0);
    expect(overall('writing', 1)).toBeCloseTo(1);
    expect(overall('ranker', 0.5)).toBeGreaterThan(overall('examples', 1));
  });
});
