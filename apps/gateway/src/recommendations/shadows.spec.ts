import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { control, type MessageInitShape, type events } from '@serendip/shared-contracts';
import { LAZY_RANKER } from '../fakes/ranking.fixture.js';
import { Gateway } from '../gateway.fixture.js';
import { ServedLog } from './served-log.js';
import { Shadows } from './shadows.js';

let gateway: Gateway;
beforeAll(async () => { gateway = await Gateway.start(); });
afterAll(() => gateway.close());

const models = [
  { name: 'cf', version: 1, kind: control.ModelKind.RETRIEVER }, ...[2, 3].map((version) => ({ name: 'dcn', version, kind: control.ModelKind.RANKER })),
];
const shadow = (more: MessageInitShape<typeof control.ShadowSchema>) => gateway.config.set({ models, shadows: [{ placement: 'home', share: 1, ...more }] });
beforeEach(() => shadow({ ranker: LAZY_RANKER }));

const ask = async (more = ''): Promise<{ items: { id: string }[]; models: { ranker: string }; recommendationId: string }> => (await gateway.ask(`GET /v1/recommendations?userId=ann${more}`)).json;
/** The slates in the log, when no shadow is at work any more. */
async function logged(): Promise<events.Served[]> {
  await gateway.app.get(Shadows).beforeApplicationShutdown();
  await new Promise((resolve) => setImmediate(resolve));
  await gateway.app.get(ServedLog).flush();
  return gateway.backends.get('ingestion').written.filter(({ type }) => type === '$served').map(({ payload }) => payload.value as events.Served);
}
const report = async (): Promise<Record<string, number>> => (await gateway.ask('GET /v1/placements/home/shadow')).json.report;

describe('a shadow', () => {
  it('answers once more, is logged beside what was served, and is shown to nobody', async () => {
    const { items, models: { ranker }, recommendationId } = await ask();
    expect(ranker).toBe('dcn@2');
    const slate = (await logged()).find((served) => served.recommendationId === recommendationId)!;
    expect(slate).toMatchObject({ ranker: 'dcn@2', shadow: { retriever: 'cf@1', ranker: LAZY_RANKER, degraded: [] } });
    expect(slate.items.map(({ itemId }) => itemId)).toEqual(items.map(({ id }) => id));
    expect(slate.shadow!.itemIds).toEqual(Array.from({ length: 10 }, (_, i) => `item-${i}`));
    expect(slate.shadow!.tookMs).toBeGreaterThan(0);
  });

  it('is compared with what was served, from the moment on when its versions are these', async () => {
    shadow({ retriever: 'cf@1', ranker: LAZY_RANKER, share: 1 });
    await ask();
    await logged();
    const before = (await report()).answers!;
    await ask('&limit=30');
    await logged();
    const made = await report();
    expect(made).toMatchObject({ retriever: 'cf@1', ranker: LAZY_RANKER, answers: before + 1, degraded: 0, failed: 0, dropped: 0, sameFirst: 0 });
    // Thirty of fifty from either end: ten in common, and none where there are ten.
    expect(made.overlap! * (before + 1)).toBeCloseTo(1 / 3);
    expect(made.p50Ms).toBeGreaterThan(0);
    shadow({ ranker: 'dcn@champion' });
    await ask();
    await logged();
    expect((await report()).answers).toBe(before + 1);
  });

  it('is one shadow whatever arm of a split it follows', async () => {
    const arms = ['cf@1', 'cf@2'].map((retriever) => ({ name: retriever.replace('@', '-'), percent: 50, retriever }));
    gateway.config.set({
      models: [...models, { name: 'cf', version: 2, kind: control.ModelKind.RETRIEVER }], splits: [{ name: 'retrievers', placement: 'home', salt: 's', arms }],
      shadows: [{ placement: 'home', share: 1, ranker: LAZY_RANKER }],
    });
    const served = new Set<string>();
    for (let n = 0; n < 12; n++) {
      served.add((await gateway.ask(`GET /v1/recommendations?userId=user-${n}`)).json.models.retriever);
      await logged();
    }
    expect(served).toEqual(new Set(['cf@1', 'cf@2']));
    expect(await report()).toMatchObject({ retriever: '', ranker: LAZY_RANKER, answers: 12 });
  });

  it('is made for its share of answers, for real ones only, and only where it differs', async () => {
    const shadows = gateway.app.get(Shadows);
    const calls = async (work: () => Promise<unknown>): Promise<number> => {
      await shadows.beforeApplicationShutdown();
      const before = gateway.backends.get('ranking').calls;
      await work();
      await shadows.beforeApplicationShutdown();
      return gateway.backends.get('ranking').calls - before;
    };
    expect(await calls(() => ask('&limit=11'))).toBe(2);
    expect(await calls(() => ask('&limit=12&dryRun=true'))).toBe(1);
    expect(await calls(() => gateway.ask('GET /v1/recommendations?limit=13'))).toBe(1);
    shadow({ ranker: 'dcn@2' });
    expect(await calls(() => ask('&limit=14'))).toBe(1);
    shadow({ ranker: 'dcn@9' });
    expect(await calls(() => ask('&limit=15'))).toBe(1);
    shadow({ ranker: LAZY_RANKER, share: 1e-9 });
    expect(await calls(() => ask('&limit=16'))).toBe(1);
  });

  it('gives way when there is too much to do: the slate is logged without it', async () => {
    const before = (await logged()).length;
    const dropped = (await report())?.dropped ?? 0;
    await Promise.all(Array.from({ length: 12 }, (_, i) => ask(`&limit=${20 + i}`)));
    const slates = (await logged()).slice(before);
    expect(slates).toHaveLength(12);
    const without = slates.filter((slate) => slate.shadow === undefined).length;
    expect((await report()).dropped! - dropped).toBe(without);
  });

  it('says what was left out of it', async () => {
    await gateway.backends.stop('ranking');
    expect((await ask('&limit=17')).items).toHaveLength(17);
    expect((await logged()).at(-1)!.shadow!.degraded).toEqual([expect.stringMatching(/^ranking:[A-Z_]+$/)]);
    expect((await report()).degraded).toBe(1);
  });
});

describe('PUT and DELETE', () => {
  it('set and end it, and refuse one of nothing', async () => {
    const put = (body: unknown) => gateway.ask('PUT /v1/placements/home/shadow', { body });
    expect((await put({ ranker: 'dcn@3', share: 0.1 })).json).toEqual({ placement: 'home', ranker: 'dcn@3', share: 0.1 });
    for (const body of [{}, { share: 1 }, { ranker: 'dcn@3', share: 0 }, { ranker: 'dcn@3', share: 2 }, { ranker: 'dcn@3', share: 1, more: 1 }]) expect((await put(body)).status).toBe(400);
    expect((await gateway.ask('DELETE /v1/placements/home/shadow')).status).toBe(204);
    expect((await gateway.ask('GET /v1/placements/cart/shadow')).json).toMatchObject({ status: 404, reason: 'SHADOW_UNKNOWN' });
    expect((await gateway.ask('GET /v1/placements/nowhere/shadow')).json).toMatchObject({ status: 404, reason: 'PLACEMENT_UNKNOWN', detail: expect.stringMatching(/ Known: .*home/) });
  });
});
