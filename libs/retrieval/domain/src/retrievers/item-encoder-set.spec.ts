import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeItemEncoder } from '../testing/index.js';
import { ItemEncoderSet } from './item-encoder-set.js';
import { referenceName, type ModelReference } from './model-reference.js';

const version = (number: number, tenant = 't'): ModelReference => ({ tenant, name: 'enc', version: number, bundle: '', digest: '' });

let now: number;
let encoders: Map<string, FakeItemEncoder>;
let failures: string[];
/** What was asked for cf@1 and closed each time that something changed. */
let changes: (readonly [string | undefined, readonly string[]])[];
let set: ItemEncoderSet;
const asked = (digest = 'one', { tenant = 't', dimension = 8 } = {}): string | undefined => set.of({ tenant, digest }, dimension)?.reference;

beforeEach(() => {
  now = 0;
  encoders = new Map([[1, 'one'], [2, 'one'], [3, 'three']].map(([number, digest]) => [`enc@${number}`, new FakeItemEncoder({ reference: `enc@${number}`, digest: digest as string })]));
  failures = [];
  changes = [];
  set = new ItemEncoderSet({
    loader: {
      async load(reference) {
        const encoder = encoders.get(referenceName(reference));
        if (encoder === undefined) throw new Error('There is none.');
        return encoder;
      },
    },
    clock: () => now,
    onLoad: ({ version: number }, { error }) => error === undefined || failures.push(`${number}`),
    onChange: () => changes.push([asked(), [...encoders.values()].filter(({ isClosed }) => isClosed).map(({ reference }) => reference)]),
  });
});

describe('ItemEncoderSet', () => {
  it('answers the encoder that is for a retriever version, of the tenant, the digest and the dimension', async () => {
    await set.update([version(1), version(3)]);
    expect([asked(), asked('three'), asked('two'), asked('one', { tenant: 'u' }), asked('one', { dimension: 9 })]).toEqual(['enc@1', 'enc@3', undefined, undefined, undefined]);
  });

  it('prefers what is named first', async () => {
    await set.update([version(2), version(1)]);
    expect(asked()).toBe('enc@2');
    await set.update([version(1), version(2)]);
    expect(asked()).toBe('enc@1');
    expect(changes).toEqual([['enc@2', []], ['enc@1', []]]);
  });

  it('closes what is no longer wanted once another is asked', async () => {
    await set.update([version(1)]);
    await set.update([version(1)]);
    await set.update([version(2)]);
    expect(changes).toEqual([['enc@1', []], ['enc@2', []]]);
    expect(encoders.get('enc@1')!.isClosed).toBe(true);
    await set.close();
    expect([asked(), encoders.get('enc@2')!.isClosed]).toEqual([undefined, true]);
  });

  /** Ends its thread, and puts another one in its place. */
  const lose = (): FakeItemEncoder => {
    const lost = encoders.get('enc@1')!;
    lost.isLost = true;
    encoders.set('enc@1', new FakeItemEncoder({ reference: 'enc@1', digest: 'one' }));
    return lost;
  };

  it('loads one anew at once whose thread has ended after a long time', async () => {
    await set.update([version(1)]);
    now = 60_000;
    const lost = lose();
    await set.update([version(1)]);
    expect(set.of({ tenant: 't', digest: 'one' }, 8)).toBe(encoders.get('enc@1'));
    expect([changes.length, lost.isClosed, failures]).toEqual([2, true, []]);
  });

  it('loads one that is lost soon after each time it is loaded after pauses that grow to a minute, and says so meanwhile', async () => {
    await set.update([version(1)]);
    const pauses: number[] = [];
    for (let loss = 1; loss <= 9; loss++) {
      lose();
      const since = now;
      await set.update([version(1)]);
      expect([asked(), set.settled, set.failures().map(({ error }) => String(error))]).toEqual([undefined, true, [expect.stringContaining('after it was loaded')]]);
      for (; asked() === undefined; now += 1000) await set.update([version(1)]);
      expect(set.failures()).toEqual([]);
      pauses.push((now - since) / 1000 - 1);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(failures).toHaveLength(9);
    now += 60_000;
    lose();
    await set.update([version(1)]);
    expect(asked()).toBe('enc@1');
  });

  it('goes on without one that can not be loaded, and tries it again after a while', async () => {
    await set.update([version(9), version(1)]);
    expect([failures, asked(), set.settled]).toEqual([['9'], 'enc@1', true]);
    expect(set.failures().map(({ reference }) => referenceName(reference))).toEqual(['enc@9']);
    encoders.set('enc@9', new FakeItemEncoder({ reference: 'enc@9', digest: 'one' }));
    now = 999;
    await set.update([version(9), version(1)]);
    expect(asked()).toBe('enc@1');
    now = 1000;
    await set.update([version(9), version(1)]);
    expect([asked(), set.failures()]).toEqual(['enc@9', []]);
  });
});
