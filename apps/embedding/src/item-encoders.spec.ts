import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OnnxGraph } from '@serendip/platform-onnx';
import { RetrieverModel } from '@serendip/retrieval-domain';
import { randomRetriever, userStateOf } from '@serendip/retrieval-domain/testing';
import { int32sOf } from '@serendip/shared-layouts';
import { Fixture, until } from './embedding.fixture.js';

const DIMENSION = 8;
const items = Array.from({ length: 30 }, (_, i) => `item-${i}`);
const parts = randomRetriever(items, { dimension: DIMENSION });
const user = userStateOf([{ item: 'item-3' }]);
const taste = tasteOf(3);

/** The vector of somebody who has had one item, ten times as long. */
function tasteOf(item: number): Float32Array {
  const vector = new Float32Array(DIMENSION);
  void RetrieverModel.of(parts).encoder.encode([item], vector);
  const length = Math.hypot(...vector);
  return vector.map((value) => 10 * value / length);
}

/** What costs 1 is just what the user likes, what costs more is more of it; `divided` by 0 there are no numbers. */
function graphOf({ dimension = DIMENSION, isBroken = false } = {}): Uint8Array {
  const graph = new OnnxGraph('spec');
  const weights = new Float32Array(2 * dimension);
  weights.set(taste.subarray(0, dimension));
  const vectors = graph.node('MatMul', [graph.input('features', 'float32', ['rows', 2]), graph.constant(weights, [2, dimension])]);
  graph.output('vectors', isBroken ? graph.node('Log', [graph.node('Sub', [vectors, graph.node('Abs', [vectors])])]) : vectors, 'float32', ['rows', dimension]);
  return graph.build();
}

let fixture: Fixture;
let ordinals: Map<number, string>;

function put(id: string, price: number): void {
  ordinals.set(fixture.store.put(id, { title: id, categories: ['c0'], price }), id);
}

/** What the user likes best, without what is popular. */
async function best(retriever = 'cf@1'): Promise<string> {
  const { results } = await fixture.client.retrieveCandidates({ requests: [{ tenant: 't', limit: 1, sources: [{ name: 'personal', limit: 1 }], userState: user, retriever }] });
  return ordinals.get(int32sOf(results[0]!.ordinals)[0]!)!;
}

const version = async (): Promise<string> => (await fixture.client.readVersions({ tenants: ['t'] })).versions[0]!;
const readiness = async (): Promise<string> => (await fixture.get('/readyz')).text;
const metrics = async (): Promise<string> => (await fixture.get('/metrics')).text;

beforeEach(async () => {
  fixture = await Fixture.create();
  ordinals = new Map(items.map((id, i) => [fixture.store.put(id, { title: id, categories: [`c${i % 3}`] }), id]));
  await fixture.startFeatureStore();
});

afterEach(async () => {
  await fixture.remove();
});

describe('an item encoder', () => {
  const parted = { features: ['price'], model: graphOf() };

  it('has a new item found by who likes it, where the mean of its category would not, as soon as it is promoted and as soon as an item is written', async () => {
    const digest = await fixture.publish(1, parts);
    put('new', 1);
    await fixture.start();
    await until(() => fixture.isReady());
    expect(await best()).not.toBe('new');
    const before = await version();
    await fixture.publishEncoder(1, { ...parted, retriever: { name: 'cf@1', digest } });
    await until(async () => (await best()) === 'new');
    expect(await version()).not.toBe(before);
    put('newer', 2);
    await until(async () => (await best()) === 'newer');
    put('newer', 0.001);
    await until(async () => (await best()) === 'new');
    expect(await readiness()).toContain('t/enc@1 encodes items for cf@1');
    const text = await metrics();
    for (const line of [
      'serendip_retriever_new_items{tenant="t",retriever="cf@1",vector="encoder",service="embedding"} 2', 'serendip_item_encoders{tenant="t",encoder="enc@1",state="used"',
      'serendip_item_encoder_items_total{encoder="enc@1",outcome="ok",service="embedding"} 3', 'serendip_item_encoder_items_total{encoder="enc@1",outcome="failed",service="embedding"} 0',
    ]) expect(text).toContain(line);
  });

  it('has encoded what is there before the service is ready', async () => {
    const digest = await fixture.publish(1, parts);
    await fixture.publishEncoder(1, { ...parted, retriever: { name: 'cf@1', digest } });
    put('new', 1);
    await fixture.start();
    await until(() => fixture.isReady());
    expect(await best()).toBe('new');
  });

  it('encodes for the retriever version that it names alone, goes on for that one when another one serves, and says that it fits nothing that does', async () => {
    const digest = await fixture.publish(1, parts);
    await fixture.publishEncoder(1, { ...parted, retriever: { name: 'cf@1', digest } });
    put('new', 1);
    await fixture.start();
    await until(() => fixture.isReady());
    const next = await fixture.publish(2, randomRetriever(items, { seed: 2, reference: 'cf@2' }));
    await until(async () => (await fixture.client.getStatus({})).retrievers.length === 2);
    await until(async () => (await metrics()).includes('serendip_retriever_new_items{tenant="t",retriever="cf@2",vector="mean",service="embedding"} 1'));
    expect(await best()).toBe('new');
    await until(async () => (await readiness()).includes('t/enc@1 fits nothing that serves: it is for cf@1 ('));
    expect(await readiness()).toContain('and cf@2 serves; train it for that');
    await fixture.publishEncoder(2, { ...parted, retriever: { name: 'cf@2', digest: next } });
    await until(async () => (await readiness()).includes('t/enc@2 encodes items for cf@2'));
    expect(await readiness()).toContain('t/enc@1 encodes items for cf@1');
    await fixture.publishEncoder(3, { ...parted, retriever: { name: 'cf@9', digest: 'f'.repeat(64) } });
    await until(async () => (await readiness()).includes('t/enc@3 fits nothing that serves: it is for cf@9 (ffffffffffff'));
    expect(await metrics()).toContain('serendip_item_encoders{tenant="t",encoder="enc@3",state="unfit"');
    // Nothing points at it any more.
    await until(async () => (await metrics()).includes('serendip_retriever_new_items{tenant="t",retriever="cf@1",vector="mean",service="embedding"} 1'));
    expect(await best()).not.toBe('new');
  });

  it('is not used when its vectors have another size than it says, or it is broken; lists go on', async () => {
    const digest = await fixture.publish(1, parts);
    put('new', 1);
    await fixture.start();
    await until(() => fixture.isReady());
    const list = await best();
    await fixture.publishEncoder(1, { features: ['price'], model: graphOf({ dimension: 4 }), retriever: { name: 'cf@1', digest } });
    await until(async () => (await readiness()).includes('t/enc@1 fits nothing that serves'));
    await fixture.publishEncoder(2, { features: ['colour'], model: graphOf(), retriever: { name: 'cf@1', digest } });
    await until(async () => (await readiness()).includes("t/enc@2 can't be used"));
    expect(await readiness()).toContain("'colour' is no input");
    await fixture.publishEncoder(3, { features: ['price'], model: graphOf({ isBroken: true }), retriever: { name: 'cf@1', digest } });
    await until(async () => (await metrics()).includes('serendip_item_encoder_items_total{encoder="enc@3",outcome="failed",service="embedding"} 1'));
    expect([await best(), await fixture.isReady()]).toEqual([list, true]);
  });
});
