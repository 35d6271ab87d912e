import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { itemMark, verifyAttribution } from '@serendip/serving-domain';
import { control, create, type MessageInitShape, type events } from '@serendip/shared-contracts';
import { Gateway, PUBLISHABLE, SIGNING_KEY } from '../gateway.fixture.js';
import { ServedLog } from './served-log.js';

interface Item { readonly id: string; readonly source: string }

const sources = [{ name: 'popular', limit: 50 }];
const exploration = { share: 0.5, slots: [2, 6], among: { shownFewerThan: 20, publishedWithinDays: 30 } };

let gateway: Gateway;
beforeAll(async () => { gateway = await Gateway.start(); });
afterAll(() => gateway.close());

const explore = (splits: MessageInitShape<typeof control.SplitSchema>[] = []): void => gateway.config.set({
  splits, placements: [create(control.PlacementSchema, {
    name: 'home', version: 1, sources, retriever: 'cf@champion', ranker: 'dcn@champion', candidates: 50, fallback: 'popular', logShare: 1,
    exploration: { share: 0.5, from: 2, to: 6, shownFewerThan: 20, publishedWithinDays: 30, pool: 40, weights: control.ExplorationWeights.UNIFORM },
  })],
});
beforeEach(() => explore());

const ask = async (more = ''): Promise<{ items: Item[]; attributionToken: string; recommendationId: string }> => (await gateway.ask(`GET /v1/recommendations?userId=ann${more}`)).json;
const isDrawn = ({ source }: Item): boolean => source === 'exploration';

/** A list that shows something drawn. */
async function explored(more = ''): ReturnType<typeof ask> {
  for (;;) {
    const list = await ask(more);
    if (list.items.some(isDrawn)) return list;
  }
}

async function metric(name: string, labels: Readonly<Record<string, string>>): Promise<number> {
  const { values } = await gateway.registry.getSingleMetric(name)!.get();
  return values.find((entry) => Object.entries(labels).every(([label, value]) => entry.labels[label] === value))?.value ?? 0;
}

describe('exploration', () => {
  it('asks retrieval for what may be drawn, and shows some of it in its range', async () => {
    const { items } = await explored();
    items.forEach(({ id, source }, i) => expect(source === 'exploration').toBe(Number(id.slice('item-'.length)) < 5 && i >= 1 && i <= 5));
    expect(gateway.backends.get('embedding').asked.at(-1)!.exploration).toMatchObject({ shownFewerThan: 20, publishedWithinMs: 30 * 86_400_000, limit: 40 });
  });

  it('is in the log with its propensity, and in the token', async () => {
    const { items, attributionToken, recommendationId } = await explored();
    await gateway.app.get(ServedLog).flush();
    const { payload } = gateway.backends.get('ingestion').written.findLast(({ type }) => type === '$served')!;
    const served = payload.value as events.Served;
    expect(served.recommendationId).toBe(recommendationId);
    expect(served.items.map(({ itemId, explored: drawn }) => [itemId, drawn])).toEqual(items.map((item) => [item.id, isDrawn(item)]));
    // Five slots deal five items between them.
    served.items.forEach(({ propensity }, i) => expect(propensity).toBe(i >= 1 && i <= 5 ? 0.5 : 1));
    expect(verifyAttribution(attributionToken, SIGNING_KEY)?.explored).toEqual(items.filter(isDrawn).map(({ id }) => itemMark(id)));
  });

  it('says its propensities with `explain`', async () => {
    const { items } = await explored('&explain=true') as unknown as { items: (Item & { explain: { propensity: number; rules: { rule: string }[] } })[] };
    expect(items.map(({ explain }) => explain.propensity)).toEqual([1, 0.5, 0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1]);
    for (const item of items) expect(item.explain.rules.some(({ rule }) => rule === 'exploration')).toBe(isDrawn(item));
  });

  it('is measured: slots, their share, and what comes back of lists', async () => {
    const labels = { tenant: 'default', placement: 'home' };
    const slots = async (drawn: boolean): Promise<number> => metric('serendip_exploration_slots_total', { ...labels, explored: String(drawn) });
    const before = [await slots(true), await slots(false)];
    const lists = [];
    for (let i = 0; i < 20; i++) lists.push(await ask());
    await ask('&dryRun=true');
    const drawn = lists.flatMap(({ items }) => items.filter(isDrawn)).length;
    expect([await slots(true), await slots(false)]).toEqual([before[0]! + drawn, before[1]! + 100 - drawn]);
    expect(await metric('serendip_exploration_share', labels)).toBe(0.5);

    const { items, attributionToken } = await explored();
    const [first] = items;
    const second = items.find(isDrawn)!;
    const event = (type: string, item: Item, token: string) => ({ type, userId: 'ann', itemId: item.id, attributionToken: token });
    await gateway.ask('POST /v1/events', { key: PUBLISHABLE, body: { events: [
      { type: 'impression', userId: 'ann', items: items.map(({ id }) => ({ itemId: id })), attributionToken }, event('click', second, attributionToken), event('click', first!, attributionToken),
      event('click', second, `${attributionToken}x`), { type: 'click', userId: 'ann', itemId: second.id },
    ] } });
    const came = (type: string, explored: boolean) => metric('serendip_exploration_events_total', { ...labels, type, explored: String(explored) });
    expect([await came('impression', true), await came('impression', false), await came('click', true), await came('click', false)])
      .toEqual([items.filter(isDrawn).length, items.filter((item) => !isDrawn(item)).length, 1, 1]);
  });

  it('may be another share for an arm of a split, or none', async () => {
    explore([{ name: 'cost', placement: 'home', salt: 's', arms: [{ name: 'none', percent: 100, explorationShare: 0 }] }]);
    await ask();
    expect(gateway.backends.get('embedding').asked.at(-1)!.exploration).toBeUndefined();
    explore([{ name: 'cost', placement: 'home', salt: 's', arms: [{ name: 'less', percent: 100, explorationShare: 0.25 }] }]);
    const { items } = await explored('&explain=true') as unknown as { items: (Item & { explain: { propensity: number } })[] };
    expect(items[1]!.explain.propensity).toBe(isDrawn(items[1]!) ? 0.25 : 0.75);
  });

  it('is not for given items, nor for lists that no placement makes', async () => {
    for (const route of ['GET /v1/popular', 'GET /v1/items/item-1/similar']) await gateway.ask(route);
    await gateway.ask('POST /v1/rank', { body: { itemIds: ['item-1', 'item-2', 'item-7'], userId: 'ann' } });
    expect(gateway.backends.get('embedding').asked.slice(-3).map((request) => request.exploration)).toEqual([undefined, undefined, undefined]);
  });

  it('is saved as it is given, previewed, and refused where it makes no sense', async () => {
    const put = (given: unknown) => gateway.ask('PUT /v1/placements/home', { body: { sources, exploration: given } });
    expect((await put(exploration)).json).toMatchObject({ exploration: { ...exploration, pool: 100, weights: 'uniform' } });
    expect((await put({ ...exploration, weights: 'rank', pool: 7, among: { shownFewerThan: 3 } })).json.exploration).toEqual({ share: 0.5, slots: [2, 6], among: { shownFewerThan: 3 }, pool: 7, weights: 'rank' });
    expect((await gateway.ask('PUT /v1/placements/home', { body: { sources } })).json.exploration).toBeUndefined();
    for (const wrong of [{ share: 0.6 }, { slots: [6, 2] }, { slots: [0, 2] }, { among: {} }, { pool: 0 }, { weights: 'magic' }]) expect((await put({ ...exploration, ...wrong })).status).toBe(400);

    const placement = { sources, retriever: 'cf@champion', ranker: 'dcn@champion', candidates: 50, exploration };
    const { json } = await gateway.ask('POST /v1/placements/home:preview', { body: { placement, users: ['ann'], limit: 4 } });
    expect(json.users[0].exploration).toEqual({ slots: 3, pool: 5, share: 0.5 });
  });
});
