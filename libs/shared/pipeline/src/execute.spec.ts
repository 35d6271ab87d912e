import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { byScore, execute, mergeFound, type Context, type Pipeline, type Selected, type Source } from './index.js';

interface Query { readonly limit: number; readonly user?: string }

const context = (timeoutMs = 1000): Context => ({ deadlineMs: performance.now() + timeoutMs, signal: new AbortController().signal });

const source = (name: string, ordinals: number[], more: Partial<Source<Query>> = {}): Source<Query> => ({
  name,
  fetch: async () => ({ ordinal: Int32Array.from(ordinals), score: Float32Array.from(ordinals, (_, i) => -i) }),
  ...more,
});

function pipeline(more: Partial<Pipeline<Query>> = {}): Pipeline<Query> {
  return {
    hydrators: [], sources: [source('a', [1, 2, 3]), source('b', [3, 4])], filters: [], scorers: [], late: [], sideEffects: [],
    selector: {
      name: 'best',
      select: ({ limit }, candidates) => Array.from(byScore(candidates).subarray(0, limit), (i, place) => ({
        ordinal: candidates.ordinal[i]!, score: candidates.score[i]!, source: candidates.source[i]!, place,
      })),
    },
    ...more,
  };
}

const ordinals = (slate: { chosen: readonly { ordinal: number }[] }): number[] => slate.chosen.map(({ ordinal }) => ordinal);

describe('execute', () => {
  it('merges sources without repeats and remembers who found what', async () => {
    const slate = await execute(pipeline(), { limit: 10 }, context());
    expect(ordinals(slate).sort()).toEqual([1, 2, 3, 4]);
    expect(slate.chosen.find(({ ordinal }) => ordinal === 3)!.source).toBe(0b11);
    expect(slate.degraded).toEqual([]);
  });

  it('leaves out a source that fails and one that is late, and says why', async () => {
    const never = source('late', [], { timeoutMs: 5, fetch: () => new Promise(() => undefined) });
    const broken = source('broken', [], { fetch: async () => { throw new Error('boom'); } });
    const slate = await execute(pipeline({ sources: [never, broken, source('a', [1])] }), { limit: 10 }, context());
    expect(ordinals(slate)).toEqual([1]);
    expect([...slate.degraded].sort((a, b) => a.stage.localeCompare(b.stage))).toEqual([
      { stage: 'broken', reason: 'boom' }, { stage: 'late', reason: 'DEADLINE_EXCEEDED' },
    ]);
  });

  it('aborts the signal of a stage that is out of time', async () => {
    let aborted = false;
    const late = source('late', [], {
      timeoutMs: 5,
      fetch: (_, { signal }) => new Promise(() => signal.addEventListener('abort', () => { aborted = true; })),
    });
    await execute(pipeline({ sources: [late] }), { limit: 1 }, context());
    expect(aborted).toBe(true);
  });

  it('gives its trace to every stage that may call somebody', async () => {
    const traces: Record<string, string | undefined> = {};
    const noted = <T>(name: string, result: T) => async (...given: readonly unknown[]) => {
      traces[name] = (given.at(-1) as Context).traceId;
      return result;
    };
    await execute(pipeline({
      hydrators: [{ name: 'hydrator', hydrate: noted('hydrator', {}) }], sources: [source('source', [], { fetch: noted('source', { ordinal: Int32Array.of(1), score: Float32Array.of(1) }) })],
      scorers: [{ name: 'scorer', score: noted('scorer', undefined) }], late: [{ name: 'late', check: noted('late', []) }],
    }), { limit: 1 }, { ...context(), traceId: 'abc' });
    expect(traces).toEqual({ hydrator: 'abc', source: 'abc', scorer: 'abc', late: 'abc' });
  });

  it('fails when a required stage fails', async () => {
    const required = source('needed', [], { required: true, fetch: async () => { throw new Error('boom'); } });
    await expect(execute(pipeline({ sources: [required] }), { limit: 1 }, context())).rejects.toThrow('boom');
  });

  it('gives sources what hydrators found, and goes on without a hydrator that fails', async () => {
    const users: (string | undefined)[] = [];
    const spy = source('spy', [1], { fetch: async ({ user }) => { users.push(user); return { ordinal: Int32Array.of(1), score: Float32Array.of(1) }; } });
    const hydrator = { name: 'user', hydrate: async () => ({ user: 'ann' }) };
    const broken = { name: 'gone', hydrate: async () => { throw new Error('away'); } };
    await execute(pipeline({ hydrators: [hydrator], sources: [spy] }), { limit: 1 }, context());
    const slate = await execute(pipeline({ hydrators: [broken], sources: [spy] }), { limit: 1 }, context());
    expect(users).toEqual(['ann', undefined]);
    expect(slate.degraded).toEqual([{ stage: 'gone', reason: 'away' }]);
  });

  it('counts what filters drop and never shows it', async () => {
    const odd = { name: 'odd', drop: (_: Query, { ordinal, alive }: { ordinal: Int32Array; alive: Uint8Array }) => {
      let dropped = 0;
      ordinal.forEach((value, i) => { if (value % 2 === 1 && alive[i] === 1) { alive[i] = 0; dropped++; } });
      return dropped;
    } };
    const slate = await execute(pipeline({ filters: [odd] }), { limit: 10 }, context());
    expect(ordinals(slate)).toEqual([2, 4]);
    expect(slate.funnel.find(({ stage }) => stage === 'odd')).toMatchObject({ in: 4, out: 2 });
  });

  it('sinks NaN and infinities that a scorer wrote', async () => {
    const scorer = { name: 'model', score: async (_: Query, { score }: { score: Float32Array }) => { score.set([NaN, 1, Infinity, 2]); } };
    const slate = await execute(pipeline({ scorers: [scorer] }), { limit: 2 }, context());
    expect(ordinals(slate)).toEqual([4, 2]);
  });

  it('arranges what late checks left, even when there is no time left', async () => {
    const late = { name: 'check', check: () => new Promise<never>(() => undefined), timeoutMs: 1 };
    const arranger = { name: 'arrange', arrange: (_: Query, chosen: readonly Selected[]) => [...chosen].reverse().slice(1) };
    const slate = await execute(pipeline({ late: [late, arranger], sources: [source('a', [1, 2, 3])] }), { limit: 3 }, context());
    expect(ordinals(slate)).toEqual([2, 1]);
    expect(slate.funnel.at(-1)).toMatchObject({ stage: 'arrange', kind: 'arranger', in: 3, out: 2 });
  });

  it('answers an empty slate that says why when the deadline has passed before it began', async () => {
    const slate = await execute(pipeline(), { limit: 10 }, context(-1));
    expect(slate.chosen).toEqual([]);
    expect(slate.degraded).toEqual([{ stage: 'a', reason: 'DEADLINE_EXCEEDED' }, { stage: 'b', reason: 'DEADLINE_EXCEEDED' }]);
  });
});

describe('mergeFound', () => {
  it('holds every candidate once, with the bits of exactly the sources that have it', () => {
    fc.assert(fc.property(fc.array(fc.uniqueArray(fc.nat(30)), { maxLength: 5 }), (lists) => {
      const merged = mergeFound(lists.map((list) => ({ ordinal: Int32Array.from(list), score: new Float32Array(list.length) })));
      expect(new Set(merged.ordinal).size).toBe(merged.ordinal.length);
      expect(new Set(merged.ordinal)).toEqual(new Set(lists.flat()));
      merged.ordinal.forEach((ordinal, i) => lists.forEach((list, bit) => {
        expect((merged.source[i]! >> bit) & 1).toBe(list.includes(ordinal) ? 1 : 0);
      }));
    }));
  });
});
