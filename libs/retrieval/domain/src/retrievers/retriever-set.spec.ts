import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ItemEncoder } from '../encoders/item-encoder.js';
import { FakeCatalogue, FakeItemEncoder, FakeRetrieverLoader, randomRetriever } from '../testing/index.js';
import type { ModelReference } from './model-reference.js';
import { RetrieverSet } from './retriever-set.js';

const version = (number: number, name = 'cf'): ModelReference => ({ tenant: 't', name, version: number, bundle: '', digest: '' });
const items = ['a', 'b', 'c'];

let now: number;
let loader: FakeRetrieverLoader;
let catalogue: FakeCatalogue;
let failures: string[];
let set: RetrieverSet;
const serving = (name: string, tenant = 't'): string | undefined => set.find(tenant, name, catalogue)?.model.reference;

beforeEach(() => {
  now = 0;
  loader = new FakeRetrieverLoader();
  catalogue = new FakeCatalogue(items.map((id) => ({ id })));
  failures = [];
  set = new RetrieverSet({ loader, catalogues: catalogue, clock: () => now, onLoad: ({ version: number }, { error }) => error === undefined || failures.push(`${number}`) });
  for (const number of [1, 2, 3]) loader.parts.set(`cf@${number}`, randomRetriever(items, { seed: number }));
});

describe('RetrieverSet', () => {
  it('serves several versions side by side', async () => {
    await set.update([version(1), version(2)]);
    expect([serving('cf@1'), serving('cf@2'), serving('other@1'), serving(''), serving('cf@1', 'u')]).toEqual(['cf@1', 'cf@2', undefined, undefined, undefined]);
  });

  it('stands in with an older version until the wanted one is loaded', async () => {
    await set.update([version(1), version(3)]);
    expect(serving('cf@2')).toBe('cf@1');
    await set.update([version(1), version(2), version(3)]);
    expect(serving('cf@2')).toBe('cf@2');
  });

  it('goes on serving the old version when the new one is broken, tries again later, and forgets the old one only then', async () => {
    await set.update([version(1)]);
    loader.parts.set('cf@2', { ...randomRetriever(items), bias: Float32Array.of(1, NaN, 2) });
    await set.update([version(2)]);
    expect(failures).toEqual(['2']);
    expect(set.failures()[0]!.error).toMatchObject({ reason: 'RETRIEVER_INVALID' });
    expect(set.settled).toBe(true);
    now += 100_000;
    loader.parts.delete('cf@2');
    await set.update([version(2)]);
    expect(serving('cf@2')).toBe('cf@1');

    loader.parts.set('cf@2', randomRetriever(items));
    now += 1999;
    await set.update([version(2)]);
    expect(serving('cf@2')).toBe('cf@1');
    now += 1;
    await set.update([version(2)]);
    expect(serving('cf@2')).toBe('cf@2');
    expect(set.list().map(({ reference }) => reference.version)).toEqual([2]);
  });

  it('keeps a version that is no longer wanted for a minute', async () => {
    await set.update([version(1), version(2)]);
    await set.update([version(2)]);
    now += 59_999;
    await set.update([version(2)]);
    expect(serving('cf@1')).toBe('cf@1');
    now += 1;
    await set.update([version(2)]);
    expect(serving('cf@1')).toBe('cf@2');
  });

  it('is settled once every wanted version was tried', async () => {
    const updating = set.update([version(1), version(9)]);
    expect(set.settled).toBe(false);
    await updating;
    expect(set.settled).toBe(true);
  });

  it('takes a large catalogue in bit by bit, and others have their turn meanwhile', async () => {
    await set.update([version(1)]);
    const large = new FakeCatalogue([...Array.from({ length: 10_000 }, (_, i) => ({ id: `other-${i}` })), { id: 'c' }]);
    const bound = set.find('t', 'cf@1', large)!;
    const user = (await bound.encode([2]))!;
    const score = (): number => bound.score(user, Int32Array.of(10_000))[0]!;
    const before = set.changes('t', large);
    expect([bound.isBehind, score()]).toEqual([true, 0]);
    let turns = 0;
    for (; bound.isBehind; turns++) await new Promise(setImmediate);
    expect(turns).toBeGreaterThan(0);
    expect(score()).toBe(set.find('t', 'cf@1', catalogue)!.score(user, Int32Array.of(2))[0]);
    expect(set.changes('t', large)).toBeGreaterThan(before);
  });

  it('closes the encoders of versions that it forgets', async () => {
    const closed: string[] = [];
    set = new RetrieverSet({
      loader: { load: async (reference) => Object.assign(await loader.load(reference), { close: async () => void closed.push(`${reference.version}`) }) }, catalogues: catalogue, clock: () => now,
    });
    await set.update([version(1), version(2), version(3)]);
    await set.update([version(2), version(3)]);
    now += 60_000;
    await set.update([version(2), version(3)]);
    expect(closed).toEqual(['1']);
    await set.close();
    expect(closed).toEqual(['1', '2', '3']);
    expect(serving('cf@2')).toBeUndefined();
  });

  it('follows the catalogue when it is replaced', async () => {
    await set.update([version(1)]);
    const other = new FakeCatalogue([{ id: 'z' }, { id: 'c' }]);
    const bound = set.find('t', 'cf@1', other)!;
    const user = (await bound.encode([2]))!;
    expect(bound.score(user, Int32Array.of(1))).toEqual(set.find('t', 'cf@1', catalogue)!.score(user, Int32Array.of(2)));
  });

  it('has new items encoded before it uses a version, follows when another encoder is for it, and says that something has changed', async () => {
    const encoders = new Map<string, ItemEncoder>([['one', new FakeItemEncoder({ digest: 'one' })]]);
    set = new RetrieverSet({ loader, catalogues: catalogue, clock: () => now, encoders: { of: ({ digest }) => encoders.get(digest), upToDate: Promise.resolve() } });
    catalogue.put([{ id: 'new', price: 3 }]);
    const newItems = () => set.list().map(({ newItems: { count, encoded, encodedBy } }) => [count, encoded, encodedBy]);
    await set.update([{ ...version(1), digest: 'one' }, { ...version(2), digest: 'two' }]);
    expect(newItems()).toEqual([[1, 1, 'enc@1'], [1, 0, undefined]]);
    const seen = [set.changes('t', catalogue)];
    encoders.set('two', new FakeItemEncoder({ reference: 'enc@2', digest: 'two' }));
    set.refresh('t', catalogue);
    await set.find('t', 'cf@2', catalogue)!.encoded();
    seen.push(set.changes('t', catalogue));
    expect(newItems()).toEqual([[1, 1, 'enc@1'], [1, 1, 'enc@2']]);
    encoders.clear();
    seen.push(set.changes('t', catalogue));
    expect(newItems()).toEqual([[1, 0, undefined], [1, 0, undefined]]);
    expect(new Set(seen).size).toBe(3);
    expect(set.changes('t', catalogue)).toBe(seen[2]);
  });

  it('waits for an encoder a while, and has it go on when the version serves', async () => {
    const encoder = new FakeItemEncoder();
    const rest = Promise.withResolvers<void>();
    const encode = encoder.encode.bind(encoder);
    encoder.encode = async (columns, rows) => {
      now += 4000;
      if (encoder.asked.length === 3) encoder.until = rest.promise;
      return encode(columns, rows);
    };
    set = new RetrieverSet({ loader, catalogues: catalogue, clock: () => now, encoders: { of: () => encoder, upToDate: Promise.resolve() } });
    catalogue.put(Array.from({ length: 32 * 5 }, (_, i) => ({ id: `new-${i}`, price: i })));
    await set.update([version(1)]);
    expect(set.list().map(({ newItems: { encoded } }) => encoded)).toEqual([32 * 3]);
    rest.resolve();
    await set.find('t', 'cf@1', catalogue)!.encoded();
    expect(set.list().map(({ newItems: { encoded } }) => encoded)).toEqual([32 * 5]);
  });
});
