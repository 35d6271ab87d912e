import { beforeEach, describe, expect, it } from '@jest/globals';
import { USER_STATE, UserStateView } from '@serendip/shared-layouts';
import type { Context } from '@serendip/shared-pipeline';
import fc from 'fast-check';
import { Recommender, SharedSlates, type CandidateColumns, type Recommendation, type RecommendationRequest, type SlateEntry } from '../index.js';
import { FakeParts, documentOf, planOf, requestOf } from '../testing/index.js';

const timeouts = { userState: 500, candidates: 500, ranking: 500, documents: 500 };
const context = (more: Partial<Context> = {}): Context => ({ deadlineMs: performance.now() + 5000, signal: new AbortController().signal, ...more });

interface Versions { user: number; candidates: number; ranking: number }

function stateAt(position: number): Uint8Array {
  const data = new DataView(new ArrayBuffer(USER_STATE.headerBytes));
  data.setUint16(USER_STATE.offsets.version, USER_STATE.version, true);
  data.setFloat64(USER_STATE.offsets.position, position, true);
  return new Uint8Array(data.buffer);
}

/** A world in which every score says of which versions it was made, and every part takes its time. */
class World extends FakeParts {
  at: Versions = { user: 1, candidates: 1, ranking: 1 };
  calls = 0;
  turns = (): number => 0;

  async takeTime(): Promise<void> {
    for (let turn = this.turns(); turn > 0; turn--) await new Promise(setImmediate);
  }

  override userStates = { read: async () => {
    await this.takeTime();
    const record = stateAt(this.at.user);
    await this.takeTime();
    return { record, mergedInto: '' };
  } };

  override retriever = { retrieve: async () => {
    this.calls++;
    await this.takeTime();
    const { candidates } = this.at;
    await this.takeTime();
    const ordinals = Int32Array.from({ length: 20 }, (_, i) => i);
    const column = new Float32Array(20).fill(candidates);
    return {
      ordinals, scores: column, personalScores: column, nextScores: column, sourceBits: new Uint16Array(20).fill(1), sourceNames: ['popular'], retriever: 'retriever@1', sources: [], drops: [],
      version: this.at.candidates === candidates ? `c${candidates}` : '',
    };
  } };

  override ranker = { rank: async (_: RecommendationRequest, { scores, userState }: CandidateColumns & { readonly userState: Uint8Array }) => {
    await this.takeTime();
    const { ranking } = this.at;
    await this.takeTime();
    const mark = ranking * 65536 + scores[0]! * 256 + new UserStateView(userState).position;
    return { scores: new Float32Array(scores.length).fill(mark), ranker: 'ranker@1', version: this.at.ranking === ranking ? `r${ranking}` : '' };
  } };

  override shared = new SharedSlates(new Map<string, SlateEntry>(), { read: async () => {
    await this.takeTime();
    const candidates = `c${this.at.candidates}`;
    await this.takeTime();
    return { candidates, ranking: `r${this.at.ranking}` };
  } });
}

function versionsOf({ items }: Recommendation): Versions {
  const mark = items[0]!.score;
  return { user: mark % 256, candidates: Math.floor(mark / 256) % 256, ranking: Math.floor(mark / 65536) };
}

let world: World;
let recommender: Recommender;
beforeEach(() => {
  world = new World();
  recommender = new Recommender(world, timeouts);
});
const ask = (more: Partial<RecommendationRequest> = {}, within = context()) => recommender.recommend(requestOf({ limit: 5, ...more }), within);

describe('SharedSlates', () => {
  it('are of versions that were current between question and answer, whatever changes and whoever shares', async () => {
    let reused = 0;
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('ask' as const), limit: fc.constantFrom(5, 6) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('write' as const), what: fc.constantFrom('user' as const, 'candidates' as const, 'ranking' as const) }) },
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('wait' as const), turns: fc.integer({ min: 1, max: 12 }) }) },
    );
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), fc.array(fc.nat(6), { minLength: 10, maxLength: 60 }), async (steps, delays) => {
      world = new World();
      recommender = new Recommender(world, timeouts);
      let next = 0;
      world.turns = () => delays[next++ % delays.length]!;
      const answers: Promise<void>[] = [];
      for (const each of steps) {
        if (each.kind === 'write') world.at[each.what]++;
        else if (each.kind === 'wait') for (let turn = 0; turn < each.turns; turn++) await new Promise(setImmediate);
        else {
          const asked = { ...world.at };
          answers.push(ask({ limit: each.limit }).then((answer) => {
            if (answer.cache !== 'miss') reused++;
            const made = versionsOf(answer);
            expect(answer.degraded).toEqual([]);
            expect(answer.items).toHaveLength(each.limit);
            for (const name of ['user', 'candidates', 'ranking'] as const) {
              expect(made[name]).toBeGreaterThanOrEqual(asked[name]);
              expect(made[name]).toBeLessThanOrEqual(world.at[name]);
            }
          }));
        }
      }
      await Promise.all(answers);
    }), { numRuns: 1000 });
    expect(reused).toBeGreaterThan(100);
  });

  it('are made once for requests that come together, and once for those that come later', async () => {
    world.turns = () => 2;
    const together = await Promise.all([ask(), ask(), ask()]);
    const later = await ask();
    expect(together.map(({ cache }) => cache)).toEqual(['miss', 'shared', 'shared']);
    expect([later.cache, world.calls]).toEqual(['hit', 1]);
    expect(later.items).toEqual(together[0]!.items);
  });

  it('belong to one request: another visitor, another limit, another tick, other rules have their own', async () => {
    await ask();
    const rules = (source: string) => [{ level: 'request' as const, name: 'filter', filter: { source, usesSeed: false, evaluate: () => true } }];
    const others: Partial<RecommendationRequest>[] = [
      { visitor: { kind: 'anonymous', id: 'ann' } }, { limit: 6 }, { nowMs: 2000 }, { explain: true }, { logFeatures: true }, { shownOrdinals: [3] }, { context: { device: 'tv' } },
      { plan: planOf({ config: 2 }) }, { plan: planOf({ rules: rules('a') }) }, { plan: planOf({ rules: rules('b') }) },
    ];
    for (const other of others) expect((await ask(other)).cache).toBe('miss');
    for (const other of others) expect((await ask(other)).cache).toBe('hit');
  });

  it('are checked for each answer: what may not be shown any more is not, and the reserve moves up', async () => {
    expect((await ask()).items.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3, 4]);
    world.documentsByOrdinal.set(1, documentOf(1, { available: false }));
    world.documentsByOrdinal.set(2, documentOf(2, { expiresAtMs: 1500 }));
    expect(await ask()).toMatchObject({ cache: 'hit', items: [0, 2, 3, 4, 5].map((ordinal) => ({ ordinal })) });
    world.now = () => 1500;
    expect(await ask()).toMatchObject({ cache: 'hit', items: [0, 3, 4, 5, 6].map((ordinal) => ({ ordinal })) });
    for (let ordinal = 0; ordinal < 18; ordinal++) world.documentsByOrdinal.set(ordinal, documentOf(ordinal, { deleted: true }));
    for (let again = 0; again < 2; again++) expect(await ask({ limit: 1 })).toMatchObject({ items: [{ ordinal: 18 }] });
  });

  it('are not made by, and don\'t wait for, who has gone or got less than all', async () => {
    world.turns = () => 3;
    const gone = new AbortController();
    const leader = ask({}, context({ signal: gone.signal }));
    const joiner = ask();
    gone.abort();
    await leader;
    expect(await joiner).toMatchObject({ degraded: [], cache: 'miss' });
    world.at.candidates++;
    const { userStates } = world;
    const broken = new Recommender(Object.assign(world, { userStates: { read: async () => { throw new Error('gone'); } } }), timeouts);
    const degraded = await broken.recommend(requestOf({ limit: 5 }), context());
    expect(degraded).toMatchObject({ cache: 'miss', degraded: [{ stage: 'user-state' }] });
    const again = new Recommender(Object.assign(world, { userStates }), timeouts);
    expect(await again.recommend(requestOf({ limit: 5 }), context())).toMatchObject({ cache: 'miss', degraded: [] });
  });

  it('are left alone by a fresh request, and are not needed by one whose versions can not be read', async () => {
    await ask();
    world.at.user++;
    expect(versionsOf(await ask({ fresh: true }))).toEqual({ user: 2, candidates: 1, ranking: 1 });
    expect((await ask({ fresh: true })).cache).toBe('off');
    world.shared = new SharedSlates(new Map(), { read: async () => { throw new Error('gone'); } });
    await ask();
    expect(await ask()).toMatchObject({ cache: 'miss', degraded: [] });
  });
});
