import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomRetriever, userStateOf } from '@serendip/retrieval-domain/testing';
import { retrieval, type MessageInitShape } from '@serendip/shared-contracts';
import { bytesOf, eventTypeMask, float32sOf, int32sOf, uint16sOf } from '@serendip/shared-layouts';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fixture, until } from './embedding.fixture.js';

const items = Array.from({ length: 30 }, (_, i) => `item-${i}`);

let fixture: Fixture;
let ordinals: Map<string, number>;

const requestOf = (more: MessageInitShape<typeof retrieval.CandidateRequestSchema> = {}): MessageInitShape<typeof retrieval.CandidateRequestSchema> => (
  { tenant: 't', limit: 10, sources: [{ name: 'popular', limit: 10 }], ...more }
);

async function retrieve(more: MessageInitShape<typeof retrieval.CandidateRequestSchema> = {}) {
  const { results } = await fixture.client.retrieveCandidates({ requests: [requestOf(more)] });
  const result = results[0]!;
  const ids = new Map([...ordinals].map(([id, ordinal]) => [ordinal, id]));
  return {
    result,
    ids: Array.from(int32sOf(result.ordinals), (ordinal) => ids.get(ordinal)!),
    scores: float32sOf(result.scores), personal: float32sOf(result.personalScores), next: float32sOf(result.nextScores), bits: uint16sOf(result.sourceBits),
  };
}

beforeEach(async () => {
  fixture = await Fixture.create();
  ordinals = new Map(items.map((id, i) => [id, fixture.store.put(id, { title: `Title of ${id}`, categories: [`c${i % 3}`] })]));
  items.forEach((id, i) => fixture.store.set(id, 'engagement_7d', 100 - i));
  await fixture.startFeatureStore();
});

afterEach(async () => {
  await fixture.remove();
});

describe('the embedding service', () => {
  it('is ready without any model and answers popular items as packed columns', async () => {
    await fixture.start();
    await until(() => fixture.isReady());
    const { result, ids, scores, personal, next, bits } = await retrieve({ limit: 5 });
    expect(ids).toEqual(items.slice(0, 5));
    expect([scores.length, personal.length, next.length, bits.length]).toEqual([5, 5, 5, 5]);
    expect(personal.every(Number.isNaN)).toBe(true);
    expect([...bits]).toEqual([1, 1, 1, 1, 1]);
    expect(result).toMatchObject({ retriever: '', error: '', sources: [{ name: 'popular', found: 10, error: '' }] });
  });

  it('finds personal candidates for a new user after the first event, without what was hidden', async () => {
    await fixture.publish(1, randomRetriever(items));
    await fixture.start();
    await until(() => fixture.isReady());
    const ask = (userState: Uint8Array) => retrieve({ userState, retriever: 'cf@1', sources: [{ name: 'personal', limit: 10 }], seenTypes: eventTypeMask(['purchase']), limit: 30 });
    expect((await ask(new Uint8Array(0))).result.sources[0]).toMatchObject({ found: 0, error: '' });
    const { result, ids, personal } = await ask(userStateOf([{ item: 'item-3', type: 'purchase' }]));
    expect(result.sources[0]).toMatchObject({ name: 'personal', found: 10 });
    expect(result.retriever).toBe('cf@1');
    expect(personal.every(Number.isFinite)).toBe(true);
    expect(ids).toHaveLength(29);
    expect(ids).not.toContain('item-3');
  });

  it('holds to filters in every source, boosts, and keeps pinned items, each request by itself', async () => {
    items.forEach((id, i) => fixture.store.put(id, { price: i + 0.5, attributes: { brand: i > 20 ? 'acme' : 'other' } }));
    await fixture.start();
    await until(() => fixture.isReady());
    const { result, ids } = await retrieve({
      filters: ['item.price < 25.0', "context.page == 'sale' && user.id == 'ann'"], boosts: ['item.price > 10.0 ? 2.0 : 0.5', '10.0'], pins: ["item.brand == 'acme'"], userId: 'ann', limit: 5,
      context: { attributes: { page: { value: { case: 'text', value: 'sale' } } } },
    });
    expect(ids).toEqual(['item-0', 'item-1', 'item-2', 'item-3', 'item-21']);
    expect([...float32sOf(result.boosts)]).toEqual([5, 5, 5, 5, 20]);
    expect([...uint16sOf(result.pinMatches)]).toEqual([0, 0, 0, 0, 1]);
    expect((await retrieve({ filters: ['item.price > 28'], limit: 10 })).ids).toEqual(['item-28', 'item-29']);
    expect((await retrieve({ filters: ['item.price > 28'], limit: 10 })).result.drops).toEqual([expect.objectContaining({ filter: 'filter:0', dropped: 28 })]);
    expect(await retrieve({ filters: ["user.id == 'ann'"] })).toMatchObject({ ids: [], result: { error: '' } });
    const { results } = await fixture.client.retrieveCandidates({ requests: [requestOf({ filters: ['item.price <'] }), requestOf({ limit: 3 })] });
    expect(results.map(({ error, boosts, pinMatches }) => [error, boosts.length, pinMatches.length])).toEqual([['INVALID_ARGUMENT', 0, 0], ['', 0, 0]]);
  });

  it('describes the attributes of a catalogue, and the description moves with them', async () => {
    fixture.store.put('item-1', { attributes: { brand: 'acme', margin: 0.2, colours: ['red'] } });
    fixture.store.put('item-2', { attributes: { brand: 3 } });
    await fixture.start();
    await until(() => fixture.isReady());
    const { version, attributes } = await fixture.client.describeCatalogue({ tenant: 't' });
    const { UNSPECIFIED, NUMBER, STRINGS } = retrieval.AttributeType;
    expect(attributes).toEqual({ brand: UNSPECIFIED, margin: NUMBER, colours: STRINGS });
    fixture.store.put('item-3', { title: 'Another' });
    fixture.store.put('item-2', { attributes: {} });
    await until(async () => (await fixture.client.describeCatalogue({ tenant: 't' })).version !== version);
    expect((await fixture.client.describeCatalogue({ tenant: 't' })).attributes['brand']).toBe(retrieval.AttributeType.STRING);
    expect(await fixture.client.describeCatalogue({ tenant: 'nobody' })).toMatchObject({ version: '', attributes: {} });
  });

  it('names what its answers are made of, and the name moves with all of it', async () => {
    await fixture.publish(1, randomRetriever(items));
    await fixture.start();
    await until(() => fixture.isReady());
    const version = async () => (await fixture.client.readVersions({ tenants: ['t', 'nobody'] })).versions;
    const settled = async () => {
      let before: string;
      do before = (await version())[0]!; while ((await retrieve({ retriever: 'cf@1' })).result.version !== before || (await version())[0] !== before);
      return before;
    };
    const seen = [await settled()];
    expect(await version()).toEqual([seen[0], '']);
    const changes = [
      () => fixture.store.put('item-1', { title: 'Another' }), () => fixture.store.set('item-2', 'engagement_7d', 500), () => fixture.publish(2, randomRetriever(items, { seed: 2 })),
      () => fixture.watcher.set({ placements: [] }),
    ];
    for (const make of changes) {
      await make();
      await until(async () => (await version())[0] !== seen.at(-1));
      seen.push(await settled());
    }
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('goes on with the old version when a new one is broken, and takes the next good one', async () => {
    await fixture.publish(1, randomRetriever(items, { seed: 1 }));
    await fixture.start();
    await until(() => fixture.isReady());
    const ask = (retriever: string) => retrieve({ retriever, userState: userStateOf([{ item: 'item-1' }]), sources: [{ name: 'personal', limit: 10 }] });
    await fixture.publish(2, randomRetriever(items, { seed: 2 }), { broken: true });
    await until(async () => (await fixture.get('/readyz')).text.includes('broken: t/cf@2'));
    expect(await fixture.isReady()).toBe(true);
    expect((await ask('cf@2')).result).toMatchObject({ retriever: 'cf@1', error: '' });
    await fixture.publish(3, randomRetriever(items, { seed: 3 }));
    await until(async () => (await ask('cf@3')).result.retriever === 'cf@3');
    expect((await fixture.client.getStatus({})).retrievers.map(({ retriever }) => retriever)).toContain('cf@3');
  });

  it('answers several requests in order, each failing alone', async () => {
    await fixture.start();
    await until(() => fixture.isReady());
    const { results } = await fixture.client.retrieveCandidates({ requests: [requestOf({ limit: 3 }), requestOf({ limit: 0 }), requestOf({ tenant: 'nobody' }), requestOf({ limit: 4 })] });
    expect(results.map(({ ordinals: found, error }) => [int32sOf(found).length, error])).toEqual([[3, ''], [0, 'INVALID_ARGUMENT'], [0, 'UNAVAILABLE'], [4, '']]);
  });

  it('follows changes of the catalogue and statistics', async () => {
    await fixture.start();
    await until(() => fixture.isReady());
    fixture.store.put('item-0', { available: false });
    await until(async () => !(await retrieve({ limit: 30 })).ids.includes('item-0'));
    fixture.store.set('item-29', 'engagement_7d', 1000);
    await until(async () => (await retrieve()).ids[0] === 'item-29');
  });

  it('serves what it knows while the feature store is gone, and after a restart from its snapshot', async () => {
    await fixture.start();
    await until(() => fixture.isReady());
    await fixture.stopFeatureStore();
    expect((await retrieve()).ids).toHaveLength(10);
    await fixture.stop();
    await fixture.start();
    await until(() => fixture.isReady());
    expect((await retrieve({ limit: 30 })).ids).toEqual(items);
    expect(await fixture.client.getStatus({})).toMatchObject({ items: 30, caughtUp: false });
  });

  it('is not ready while it knows no catalogue', async () => {
    fixture.store.holdCatalogue = true;
    await fixture.start();
    await sleep(100);
    expect(await fixture.isReady()).toBe(false);
    expect((await fixture.client.retrieveCandidates({ requests: [requestOf()] })).results[0]!.error).toBe('UNAVAILABLE');
    fixture.store.releaseCatalogue();
    await until(() => fixture.isReady());
  });

  it('resolves ordinals and publishes metrics', async () => {
    await fixture.publish(1, randomRetriever(items));
    await fixture.start();
    await until(() => fixture.isReady());
    await retrieve({ sources: [{ name: 'popular', limit: 5 }, { name: 'nonsense', limit: 1 }] });
    const { items: found } = await fixture.client.resolveItems({ tenant: 't', ordinals: bytesOf(Int32Array.of(ordinals.get('item-2')!, 99_999)) });
    expect(found).toEqual([expect.objectContaining({ id: 'item-2', title: 'Title of item-2', eligible: true }), expect.objectContaining({ id: '', eligible: false })]);
    const { text } = await fixture.get('/metrics');
    for (const line of [
      'serendip_retrieval_source_found_total{source="popular"', 'serendip_retrieval_source_errors_total{source="unknown",reason="SOURCE_UNKNOWN"',
      'serendip_catalogue_items{tenant="t",service="embedding"} 30', 'serendip_retriever_items{tenant="t",retriever="cf@1",service="embedding"} 30', 'serendip_retrieval_requests_total{outcome="ok"',
    ]) expect(text).toContain(line);
  });
});
