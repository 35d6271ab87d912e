/** `npm run eval -- ml-1m --data <dir>`: before each of some later ratings, would the product have shown that film? */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { note, show, type Outcome } from '../shared/show.ts';
import { StackProcess } from '../shared/stack-process.ts';
import { CONTESTANTS, Histories, questionsAt, rankIn, type Contestant } from './prequential/contest.ts';
import { LIST, difference, qualityOf, rounded, type Asked, type Quality } from './prequential/figures.ts';
import { Product, STATISTICS_EVERY_MS } from './prequential/product.ts';
import { readTimeline, samplePlaces, writeKnown, type Rating } from './prequential/timeline.ts';

const KNOWN_SHARE = 0.9;
const TELL_EVERY = 500;

interface Question extends Asked<Contestant> {
  /** Nothing of this user was known at the split. */
  readonly cold: boolean;
}

/** Goes through the later ratings in order: asks at each sampled place, then lets what was rated happen. */
async function askAlong(product: Product, timeline: readonly Rating[], { from, places }: { readonly from: number; readonly places: readonly number[] }): Promise<readonly Question[]> {
  const histories = new Histories(timeline.slice(0, from));
  const known = new Set(timeline.slice(0, from).map(({ userId }) => userId));
  const asked: Question[] = [];
  let at = from;
  for (const place of places) {
    const happened = timeline.slice(at, place);
    await product.apply(happened);
    histories.add(happened);
    at = place;
    const rating = timeline[place]!;
    const history = histories.of(rating.userId);
    const lists = await product.recommend(questionsAt(rating, history, LIST));
    const ranks = Object.fromEntries(CONTESTANTS.map((name, i) => [name, rankIn(lists[i]!, rating.itemId, history)])) as Record<Contestant, number>;
    asked.push({ user: histories.numberOf(rating.userId), ranks, cold: !known.has(rating.userId) });
    if (asked.length % TELL_EVERY === 0) note(`asked ${asked.length} of ${places.length}, ${new Date(rating.timeMs).toISOString().slice(0, 10)}; NDCG@10 so far: system ${qualityOf(asked, 'system').ndcg10}, retriever ${qualityOf(asked, 'retriever').ndcg10}`);
  }
  return asked;
}

type Standing = Readonly<Record<'popularity' | 'itemToItem' | 'retriever' | 'system', Quality>>;

/** Popularity is the better of its two windows, by NDCG. */
function standingOf(asked: readonly Question[], popularity: Contestant): Standing {
  return { popularity: qualityOf(asked, popularity), itemToItem: qualityOf(asked, 'itemToItem'), retriever: qualityOf(asked, 'retriever'), system: qualityOf(asked, 'system') };
}

function figuresOf(asked: readonly Question[]): Outcome {
  const warm = asked.filter(({ cold }) => !cold);
  const cold = asked.filter((one) => one.cold);
  const popularity = qualityOf(warm, 'popularAll').ndcg10 >= qualityOf(warm, 'popular30d').ndcg10 ? 'popularAll' : 'popular30d';
  const interval = (name: Contestant, other: Contestant) => {
    const { mean, low, high } = difference(warm, name, other);
    note(`NDCG@10 of ${name} less that of ${other}: ${rounded(mean)} [${rounded(low)}, ${rounded(high)}]`);
    return { low: rounded(low), high: rounded(high) };
  };
  return {
    figures: {
      ...standingOf(warm, popularity),
      systemMinusRetriever: interval('system', 'retriever'), retrieverMinusItemToItem: interval('retriever', 'itemToItem'), itemToItemMinusPopularity: interval('itemToItem', popularity),
      events: warm.length, users: new Set(warm.map(({ user }) => user)).size, popularityWindow: popularity,
      cold: { events: cold.length, users: new Set(cold.map(({ user }) => user)).size, ...standingOf(cold, popularity) },
    },
    targets: { 'retriever.ndcg10': { atLeast: 0.08 }, 'systemMinusRetriever.low': { above: 0 } },
  };
}

async function measure(dir: string, scratch: string, { count, seed }: { readonly count: number; readonly seed: number }): Promise<Outcome> {
  const timeline = readTimeline(dir);
  const from = Math.floor(timeline.length * KNOWN_SHARE);
  const places = samplePlaces({ from, to: timeline.length, count, seed });
  note(`${timeline.length} ratings; known are the first ${from}, up to ${new Date(timeline[from]!.timeMs).toISOString()}`);
  const stack = new StackProcess({ args: ['--no-demo'], env: { SERENDIP_STATISTICS_EVERY_MS: String(STATISTICS_EVERY_MS) } });
  let product: Product | undefined;
  try {
    product = await Product.start(stack);
    note('the stack runs; importing what is known');
    await product.import(writeKnown(dir, scratch, timeline.slice(0, from)), scratch);
    note('training on it');
    for (const { model, verdict } of await product.train()) note(`${model}: ${verdict}`);
    await product.addPlacements();
    note(`asking before ${places.length} of the ${timeline.length - from} ratings that follow`);
    return figuresOf(await askAlong(product, timeline, { from, places }));
  } finally {
    product?.close();
    await stack.dispose();
  }
}

await show({
  name: 'ml-1m',
  help: `Prequential: the stack imports the first ${KNOWN_SHARE * 100} % of the ratings of MovieLens 1M through the API, trains on them with its own trainer, and then
lives through the rest in order. Just before each sampled rating, with everything before it applied (state, and statistics where they are used; only
orders by popularity may be a second old), the gateway is asked as of the rating's time for ${LIST} films out of the whole catalogue that the viewer has not
rated; right is the film that is rated next. Compared: popularity (all time or 30 days, whichever is better), films similar to the newest ones, the
retriever without a ranker, and the shipped placement \`home\`. Intervals are 95 % of a paired bootstrap over users. Users of whom nothing was known at
the split are reported apart as cold.`,
  options: { events: { type: 'string', help: 'ratings that are asked about, 5,000 by default' }, seed: { type: 'string', help: 'which ones: 1 by default' } },
  run: async ({ data, flags }) => {
    if (data === undefined) throw new Error('--data must name a folder of MovieLens 1M: there is nothing to learn from made-up ratings.');
    const scratch = mkdtempSync(join(tmpdir(), 'serendip-ml-1m-'));
    try {
      return await measure(data, scratch, { count: Number(flags.events ?? 5000), seed: Number(flags.seed ?? 1) });
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  },
});
