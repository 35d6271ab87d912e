import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkRuntimes } from '@serendip/platform-runtimes';
import { randomRetriever, userStateOf } from '@serendip/retrieval-domain/testing';
import type { retrieval, MessageInitShape } from '@serendip/shared-contracts';
import { eventTypeMask, float32sOf, int32sOf } from '@serendip/shared-layouts';
import { Fixture, until } from './embedding.fixture.js';

/** A driver in software will do: tools/install-software-vulkan.sh. */
const [card] = await checkRuntimes(['onnx-webgpu']);
if (!card!.available) process.stderr.write(`Skipped, because ${card!.reason}: searches on a card. It ${card!.advice}.\n`);

type Request = MessageInitShape<typeof retrieval.CandidateRequestSchema>;

/** More than are scored one by one, whatever the filters leave. */
const items = Array.from({ length: 9000 }, (_, i) => `item-${i}`);
/** The newest are unknown to the version. */
const known = items.slice(0, 8500);

const users = Array.from({ length: 6 }, (_, i) => userStateOf([{ item: `item-${i * 11}` }, { item: `item-${i * 17 + 2}`, type: 'purchase' }]));
/** The most that it may take until a version is ready on a card. */
const PREPARED_MS = 120_000;
const base: Request = { tenant: 't', retriever: 'cf@1', sources: [{ name: 'personal', limit: 200 }, { name: 'popular', limit: 20 }], limit: 200 };
const requests: readonly Request[] = users.flatMap((userState) => [
  { ...base, userState },
  { ...base, userState, seenTypes: eventTypeMask(['purchase', 'view']), excludeItemIds: items.slice(0, 500) },
  { ...base, userState, categories: ['c0'] },
  { ...base, userState, filters: ["item.brand == 'acme'"] },
]);

(card!.available ? describe : describe.skip)('searches on a card', () => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await Fixture.create();
    items.forEach((id, i) => {
      fixture.store.put(id, { categories: [`c${i % 2}`], attributes: { brand: i % 8 === 0 ? 'acme' : 'other' }, available: i % 9 !== 4 });
      fixture.store.set(id, 'engagement_7d', i % 1000);
    });
    await fixture.startFeatureStore();
    await fixture.publish(1, randomRetriever(known, { dimension: 24 }));
    await fixture.start({ device: 'gpu' });
    await until(() => fixture.isReady(), PREPARED_MS);
  }, 180_000);

  afterAll(() => fixture.remove());

  /** Asks again where time ran out for filters: verdicts are kept, so that the next request goes on. */
  async function answered(request: Request): Promise<retrieval.CandidateResult> {
    for (;;) {
      const { results: [result] } = await fixture.client.retrieveCandidates({ requests: [request] });
      if (!result!.drops.some(({ filter }) => filter === 'unasked')) return result!;
    }
  }

  const ask = async (asked: readonly Request[]) => (await Promise.all(asked.map(answered))).map(({ ordinals, scores, sources, retriever, error }) => (
    { ordinals: [...int32sOf(ordinals)], scores: [...float32sOf(scores)], sources: sources.map(({ name, found, error: failure }) => ({ name, found, failure })), retriever, error }
  ));

  it('gives the same candidates as the processor, with the same scores, whatever is left out, for many at once', async () => {
    expect((await fixture.get('/metrics')).text).toContain('serendip_retriever_runtime{tenant="t",retriever="cf@1",runtime="onnx-webgpu",device="gpu"');
    const there = await ask(requests);
    const { text } = await fixture.get('/metrics');
    expect(text).not.toContain('serendip_retriever_search_failures_total{');
    expect(text).not.toContain('serendip_runtime_fallbacks_total{');
    await fixture.stop();
    await fixture.start({ device: 'cpu' });
    await until(() => fixture.isReady(), PREPARED_MS);
    expect((await fixture.get('/metrics')).text).toContain('serendip_retriever_runtime{tenant="t",retriever="cf@1",runtime="codes",device="cpu"');
    const here = await ask(requests);
    expect(here.every(({ error, sources: [personal] }) => error === '' && personal!.found === 200)).toBe(true);
    expect(there).toEqual(here);
  }, 180_000);

  it('goes over to the next version with no request failing', async () => {
    await fixture.stop();
    await fixture.start({ device: 'gpu' });
    await until(() => fixture.isReady(), PREPARED_MS);
    await fixture.publish(2, randomRetriever(known, { dimension: 24, seed: 2 }));
    const answers = [];
    do answers.push(...(await ask(requests.slice(0, 4).map((request) => ({ ...request, retriever: 'cf@2' }))))); while (answers.at(-1)!.retriever !== 'cf@2');
    expect(new Set(answers.map(({ retriever }) => retriever))).toEqual(new Set(['cf@1', 'cf@2']));
    expect(answers.every(({ error, sources: [personal] }) => error === '' && personal!.failure === '' && personal!.found === 200)).toBe(true);
  }, 180_000);
});
