import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeCatalogue, FakeRetrieverLoader, randomRetriever } from '../testing/index.js';
import type { RetrieverReference } from './retriever-reference.js';
import { RetrieverSet } from './retriever-set.js';

const version = (number: number, name = 'cf'): RetrieverReference => ({ tenant: 't', name, version: number, bundle: '', digest: '' });
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

  it('follows the catalogue when it is replaced', async () => {
    await set.update([version(1)]);
    const other = new FakeCatalogue([{ id: 'z' }, { id: 'c' }]);
    const bound = set.find('t', 'cf@1', other)!;
    const user = (await bound.encode([2]))!;
    expect(bound.score(user, Int32Array.of(1))).toEqual(set.find('t', 'cf@1', catalogue)!.score(user, Int32Array.of(2)));
  });
});
