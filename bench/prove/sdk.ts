/** `npm run prove -- sdk`: the browser SDK in real Chromium, while the network fails and pages close. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startChromium } from '../shared/chromium.ts';
import { note, show, type Outcome } from '../shared/show.ts';
import { StackProcess } from '../shared/stack-process.ts';
import { FaultyGateway } from './sdk/faulty-gateway.ts';
import { CASES, drain, lookAround } from './sdk/impressions.ts';
import { PageServer, bundleBytes } from './sdk/page-server.ts';
import { call, storedEvents, storedImpressions, type StoredEvent } from './sdk/stored.ts';
import { BrowserVisitor } from './sdk/visitors.ts';

const BREAKS = ['forget', 'new-ids', 'any-share'];
const VISITORS = 8;
/** Below the 256 interactions that the platform keeps of each user. */
const EVENTS_EACH = 150;
const LOOKERS = 3;
const DRAIN_MS = 120_000;
const MOST_BYTES = 6144;

/** How many of the numbers 1 to `tracked` are missing, and how many come more than once. */
function compare(stored: readonly StoredEvent[], tracked: number): { lost: number; doubled: number } {
  const counts = new Map<number, number>();
  for (const { value } of stored) counts.set(value!, (counts.get(value!) ?? 0) + 1);
  const numbers = Array.from({ length: tracked }, (_, i) => i + 1);
  return { lost: numbers.filter((n) => !counts.has(n)).length, doubled: stored.length - counts.size };
}

const summed = (records: readonly Readonly<Record<string, number>>[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const record of records) for (const [name, n] of Object.entries(record)) sums[name] = (sums[name] ?? 0) + n;
  return sums;
};

async function run(fault: string | undefined): Promise<Outcome> {
  const bytes = await bundleBytes();
  note(`the SDK is ${bytes} bytes, minified and gzipped`);
  const browser = await startChromium();
  const stack = new StackProcess({ args: ['--traffic', '0'] });
  const closing: (() => void)[] = [];
  try {
    note(`Chromium ${browser.version()}; starting the stack`);
    const state = await stack.start();
    const items = ((await call(state, '/v1/items?limit=200')).items as { id: string }[]).map(({ id }) => id);
    const gateways = [1, 2].map((seed) => new FaultyGateway(state.gateways[0]!, seed));
    const urls = await Promise.all(gateways.map((gateway) => gateway.listen()));
    const pages = await PageServer.start();
    closing.push(...gateways.map((gateway) => () => gateway.close()), () => pages.close());
    const common = { gateway: urls, key: state.keys.publishable, ...(fault === undefined ? {} : { fault }) };

    note(`${VISITORS} visitors, half of them anonymous, with ${EVENTS_EACH} events each; 30 % of all requests fail`);
    const users = Array.from({ length: VISITORS }, (_, i) => ({ userId: `sdk-visitor-${i}`, isAnonymous: i % 2 === 1 }));
    const visitors = await Promise.all(users.map(({ userId, isAnonymous }, seed) => BrowserVisitor.of(browser, {
      url: pages.url('events', { ...common, ...(isAnonymous ? {} : { userId }) }), items, events: EVENTS_EACH, seed,
    })));
    await Promise.all(visitors.map((visitor) => visitor.live()));

    note(`${LOOKERS} people look at ${CASES.length} cards each`);
    const lookers = Array.from({ length: LOOKERS }, (_, i) => ({ userId: `sdk-looker-${i}`, items: items.slice(i * CASES.length, (i + 1) * CASES.length) }));
    const looks = await Promise.all(lookers.map(({ userId, items: own }) => lookAround(browser, { url: pages.url('impressions', { ...common, userId, items: own }) })));

    note('no more failures: what is left in the browsers is sent');
    gateways.forEach((gateway) => gateway.heal());
    await Promise.all([...visitors.map((visitor) => visitor.finish(DRAIN_MS)), ...looks.map(({ page }) => drain(page, DRAIN_MS))]);
    for (const [i, { userId, isAnonymous }] of users.entries()) if (isAnonymous) await call(state, `/v1/users/${userId}:merge`, { anonymousId: visitors[i]!.anonymousId });
    await sleep(2000);

    const compared = await Promise.all(users.map(async ({ userId }, i) => compare(await storedEvents(state, userId), visitors[i]!.tracked)));
    let impressionsWrong = 0;
    for (const [i, { asked }] of looks.entries()) {
      const counts = await storedImpressions(state, lookers[i]!.userId, lookers[i]!.items);
      for (const { card, name, wanted } of asked) {
        if (counts[card] === wanted) continue;
        impressionsWrong++;
        note(`  ${counts[card]} impressions instead of ${wanted}: ${name}`);
      }
    }
    for (const [value, reason] of visitors.flatMap(({ refused }) => refused)) note(`  refused: event ${value}, ${reason}`);
    const deliveries = gateways.map(({ deliveries: own }) => own);
    const ids = new Set(deliveries.flatMap((own) => [...own.keys()]));
    return {
      figures: {
        lost: compared.reduce((sum, { lost }) => sum + lost, 0),
        doubled: compared.reduce((sum, { doubled }) => sum + doubled, 0),
        bytes,
        impressionsWrong,
        events: visitors.reduce((sum, { tracked }) => sum + tracked, 0),
        impressions: looks.reduce((sum, { asked }) => sum + asked.filter(({ wanted }) => wanted === 1).length, 0),
        sentAgain: [...ids].filter((id) => deliveries.reduce((sum, own) => sum + (own.get(id) ?? 0), 0) > 1).length,
        requests: gateways.reduce((sum, { requests }) => sum + requests, 0),
        abandoned: gateways.reduce((sum, { abandoned }) => sum + abandoned, 0),
        faults: summed(gateways.map(({ faults }) => faults)),
        pagesEnded: summed(visitors.map(({ ends }) => ends as Record<string, number>)),
      },
      targets: { lost: { equals: 0 }, doubled: { equals: 0 }, bytes: { atMost: MOST_BYTES }, impressionsWrong: { equals: 0 }, impressions: { atLeast: 10 } },
    };
  } finally {
    closing.forEach((close) => close());
    await browser.close();
    await stack.dispose();
  }
}

await show({
  name: 'prove sdk',
  help: 'The built SDK in Chromium, against a running stack. 30 % of requests fail: a third before they reach the gateway, a third after it\nanswered, a third with 503. Pages are closed, reloaded, left and crashed while requests are under way. Then everything that was\ntracked is looked for in what the platform stored. Needs Chromium (installed through apt-get when run as root). About 2 minutes.',
  options: { break: { type: 'string', help: `plant a fault that the show must find: ${BREAKS.join(', ')}` } },
  run: async ({ flags }) => {
    const fault = typeof flags.break === 'string' ? flags.break : undefined;
    if (fault !== undefined && !BREAKS.includes(fault)) throw new Error(`--break takes one of ${BREAKS.join(', ')}.`);
    return run(fault);
  },
});
