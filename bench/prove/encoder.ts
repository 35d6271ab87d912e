/** Items that nobody has seen, found by who likes them: by the mean of their category, then by an item encoder that is trained in Python, checked, pushed and promoted. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { linesOf, scriptEnvironment } from '../shared/demo-shoppers.ts';
import { OwnerApi } from '../shared/owner-api.ts';
import { note, rounded, show } from '../shared/show.ts';
import { StackProcess, type StackState } from '../shared/stack-process.ts';

/** Products of a few categories are taken out of the shop and come back as new ones: the mean of a category tells none of its items from another. */
const CATEGORIES = 10;
const OF_EACH = 15;
const NEW_ITEMS = CATEGORIES * OF_EACH;
const CLICKS = 5;
const PLACEMENT = 'fresh';
const TOP = 3;
const MOST_SECONDS = 60;

interface Item {
  readonly id: string;
  readonly categories: readonly string[];
  readonly tags: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly available?: boolean;
  readonly publishedAt?: string;
  readonly [field: string]: unknown;
}

/** A product that comes back under another id, and somebody who likes what is like it. */
interface NewItem {
  readonly item: Item;
  readonly userId: string;
  readonly clicks: readonly string[];
}

interface Version {
  readonly name: string;
  readonly version: number;
  readonly aliases: readonly string[];
}

async function catalogueOf(owner: OwnerApi): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let cursor = ''; ;) {
    const page = await owner.must('GET', `/v1/items?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    items.push(...page.items as Item[]);
    if (page.nextCursor === undefined) return items;
    cursor = page.nextCursor as string;
  }
}

/** How much two products are of one taste, as the shop's people have it: kind and style (their tags), and brand. */
const alike = (one: Item, other: Item): number => other.tags.filter((tag) => one.tags.includes(tag)).length + (one.attributes['brand'] === other.attributes['brand'] ? 1 : 0);

/** Some products of the largest categories, each with those that stay in it and are most of its taste. */
async function chooseNewItems(owner: OwnerApi): Promise<readonly NewItem[]> {
  const byCategory = new Map<string, Item[]>();
  for (const item of await catalogueOf(owner)) if (item.available !== false && Date.parse(item.publishedAt ?? '') < Date.now()) byCategory.set(item.categories.at(-1)!, [...byCategory.get(item.categories.at(-1)!) ?? [], item]);
  const largest = [...byCategory.values()].sort((a, b) => b.length - a.length).slice(0, CATEGORIES);
  return largest.flatMap((items, category) => {
    const leaving = items.filter((_, i) => i % 3 === 0).slice(0, OF_EACH);
    const staying = items.filter((item) => !leaving.includes(item));
    return leaving.map((item, n) => ({ item, userId: `newcomer-${category}-${n}`, clicks: [...staying].sort((a, b) => alike(item, b) - alike(item, a)).slice(0, CLICKS).map(({ id }) => id) }));
  });
}

interface Comeback {
  readonly idOf: (item: NewItem) => string;
  readonly filter: string;
  readonly change: Readonly<Record<string, unknown>>;
}

const comeback = (prefix: string, change: Comeback['change'] = {}): Comeback => ({ idOf: ({ item }) => `${prefix}-${item.id}`, filter: `item.id.startsWith('${prefix}-')`, change });
/** As they were, and in a category that nobody has seen either. */
const SAME_CATEGORY = comeback('same');
const NEW_CATEGORY = comeback('arrival', { categories: ['New arrivals'] });

/** The place of each item among all of them, from 1, in what its user is shown. */
async function places(owner: OwnerApi, newItems: readonly NewItem[], { idOf, filter }: Pick<Comeback, 'idOf' | 'filter'>): Promise<readonly number[]> {
  const found: number[] = [];
  for (const each of newItems) {
    const { items } = await owner.must('POST', '/v1/recommendations', { placement: PLACEMENT, userId: each.userId, limit: NEW_ITEMS, filter });
    const place = (items as readonly Item[]).findIndex(({ id }) => id === idOf(each));
    if (place < 0) throw new Error(`${idOf(each)} is not in a list of ${items.length} items.`);
    found.push(place + 1);
  }
  return found;
}

function quality(found: readonly number[]) {
  return { mrr: rounded(found.reduce((sum, place) => sum + 1 / place, 0) / found.length, 3), hitAt3: rounded(found.filter((place) => place <= TOP).length / found.length, 3) };
}

/** Seconds until something holds. */
async function secondsUntil(holds: () => Promise<boolean>, what: string): Promise<number> {
  const started = performance.now();
  while (!(await holds())) {
    if (performance.now() - started > MOST_SECONDS * 1000) throw new Error(`Not within ${MOST_SECONDS} s: ${what}.`);
    await sleep(50);
  }
  return (performance.now() - started) / 1000;
}

async function metric(state: StackState, line: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${state.services['embedding']!.adminPort}/metrics`)).text();
  return Number(new RegExp(`^${line.replaceAll(/[{}]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN);
}

const encodedItems = (state: StackState, retriever: string): Promise<number> => metric(state, `serendip_retriever_new_items{tenant="default",retriever="${retriever}",vector="encoder",service="embedding"}`);

await show({
  name: 'encoder',
  help: `A demo shop that ${NEW_ITEMS} products of ${CATEGORIES} categories are taken out of. They come back under other ids, so that no model has seen them, and once more in a category that no model has seen; for each there is somebody who clicked on ${CLICKS} others
of its category that are of its kind, style or brand.
How far up they find it among all that are new, by the mean of its category and then by an item encoder: \`serendip model init --kind item-encoder\`, train.py, check, push, promote; beside it, by the vectors that
these products had before. Needs Python 3 with venv, and PyPI for numpy, onnx and mmh3.`,
  options: { venv: { type: 'string', help: 'a Python environment to use, and to keep when it must be made (default: a new one)' } },
  async run({ flags }) {
    const folder = mkdtempSync(join(tmpdir(), 'serendip-encoder-'));
    const venv = typeof flags['venv'] === 'string' ? flags['venv'] : join(folder, 'venv');
    const stack = new StackProcess({ args: ['--traffic', '0'] });
    try {
      const state = await stack.start();
      const owner = new OwnerApi(state, 30_000);
      const { models } = await owner.must('GET', '/v1/models');
      const retriever = (models as readonly Version[]).find(({ name, aliases }) => name === 'retriever' && aliases.includes('champion'));
      if (retriever === undefined) throw new Error('No retriever is in charge.');
      await owner.must('PUT', `/v1/placements/${PLACEMENT}`, { sources: [{ name: 'personal', limit: 200 }], retriever: 'retriever@champion' });

      const newItems = await chooseNewItems(owner);
      for (const { userId, clicks } of newItems) await owner.must('POST', '/v1/events', { events: clicks.map((itemId, n) => ({ eventId: `${userId}-${n}`, type: 'click', userId, itemId })) });
      const byTrained = quality(await places(owner, newItems, { idOf: ({ item }) => item.id, filter: `item.id in [${newItems.map(({ item }) => `'${item.id}'`).join(', ')}]` }));
      note(`${newItems.length} products leave the shop and come back as new ones`);
      for (const { item } of newItems) await owner.must('DELETE', `/v1/items/${item.id}`);
      for (const { idOf, change } of [SAME_CATEGORY, NEW_CATEGORY]) await owner.must('POST', '/v1/items:batch', { items: newItems.map((each) => ({ ...each.item, ...change, id: idOf(each) })) });
      const list = { placement: PLACEMENT, userId: newItems[0]!.userId, limit: NEW_ITEMS };
      for (const { filter } of [SAME_CATEGORY, NEW_CATEGORY]) await secondsUntil(async () => (await owner.must('POST', '/v1/recommendations', { ...list, filter })).items.length === newItems.length, 'new items are found');
      const qualities = async () => ({ sameCategory: quality(await places(owner, newItems, SAME_CATEGORY)), newCategory: quality(await places(owner, newItems, NEW_CATEGORY)) });
      const byMean = await qualities();

      const serendip = async (...args: readonly string[]): Promise<readonly string[]> => linesOf([process.execPath, '--no-warnings', ...scriptEnvironment(state)['SERENDIP']!.split(' ').slice(2), ...args], { env: scriptEnvironment(state), onLine: (line) => note(`  ${line}`) });
      const project = join(folder, 'newcomers');
      await serendip('model', 'init', project, '--kind', 'item-encoder');
      await linesOf(['bash', '-c', `[ -x "${venv}/bin/python" ] || { python3 -m venv "${venv}" && "${venv}/bin/pip" install --quiet -r "${project}/requirements.txt"; }`]);
      await linesOf([join(venv, 'bin/python'), join(project, 'train.py')], { env: scriptEnvironment(state), onLine: (line) => note(`  ${line}`) });
      await serendip('model', 'check', project);
      await serendip('model', 'push', project);
      await serendip('model', 'promote', 'newcomers@1', '--reason', 'the show');
      const effectSeconds = await secondsUntil(async () => (await encodedItems(state, `retriever@${retriever.version}`)) >= 2 * newItems.length, 'the encoder is used');
      const byEncoder = await qualities();
      const gainOf = (kind: 'sameCategory' | 'newCategory'): number => rounded(byEncoder[kind].mrr / byMean[kind].mrr, 2);

      note('one more product is written');
      const [one] = newItems;
      const before = await encodedItems(state, `retriever@${retriever.version}`);
      await owner.must('PUT', '/v1/items/late', { ...one!.item, id: 'late' });
      const writtenSeconds = await secondsUntil(async () => (await encodedItems(state, `retriever@${retriever.version}`)) > before, 'an item that is written is encoded');
      return {
        figures: {
          newItems: newItems.length, byTrained, byMean, byEncoder, gain: { sameCategory: gainOf('sameCategory'), newCategory: gainOf('newCategory') }, effectSeconds: rounded(effectSeconds, 2), writtenSeconds: rounded(writtenSeconds, 2),
          failed: await metric(state, 'serendip_item_encoder_items_total{encoder="newcomers@1",outcome="failed",service="embedding"}'),
        },
        targets: { 'gain.sameCategory': { above: 1 }, 'gain.newCategory': { atLeast: 2 }, effectSeconds: { atMost: 5 }, writtenSeconds: { atMost: 5 }, failed: { equals: 0 } },
      };
    } finally {
      await stack.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  },
});
