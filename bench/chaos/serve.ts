/** `npm run chaos -- serve`: requests and events go on while every service is killed and stopped. */
import { setTimeout as sleep } from 'node:timers/promises';
import { itemIds } from '../shared/filling.ts';
import { note, quantile, show, type Outcome } from '../shared/show.ts';
import { StackProcess, type StackState } from '../shared/stack-process.ts';
import { Faults, faultsFor, type Fault } from './serve/faults.ts';
import { TwoGateways, send } from './serve/http.ts';
import { Shoppers } from './serve/shoppers.ts';
import { Visitors } from './serve/visitors.ts';

const REQUESTS_PER_SECOND = 200;
const EVENTS_PER_SECOND = 500;
const USERS = Array.from({ length: 1500 }, (_, i) => `chaos-${i}`);
const SERVICES = ['control', 'ingestion', 'feature-store', 'embedding', 'ranking', 'trainer', 'gateway-1', 'gateway-2'];
const FAULTS = ['early-ack', 'no-dedupe'];

/** Takes some items out of the catalogue before anything else happens. */
async function hide(state: StackState, ids: readonly string[]): Promise<void> {
  for (const id of ids) await send(`${state.gateways[0]}/v1/items/${id}`, { method: 'PATCH', key: state.keys.secret, body: { available: false }, timeoutMs: 5000 });
  await sleep(2000);
}

async function storedEvents(state: StackState): Promise<Map<string, { type: string; itemId: string; eventTime: string }[]>> {
  const stored = new Map<string, { type: string; itemId: string; eventTime: string }[]>();
  for (const user of USERS) {
    const events: { type: string; itemId: string; eventTime: string }[] = [];
    let cursor = '';
    do {
      const { status, body } = await send(`${state.gateways[0]}/v1/users/${user}/events?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, { key: state.keys.secret, timeoutMs: 5000 });
      if (status !== 200) throw new Error(`Reading the events of ${user}: status ${status} ${body.reason}`);
      events.push(...body.events);
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');
    stored.set(user, events);
  }
  return stored;
}

async function run(planted: string | undefined, short: boolean): Promise<Outcome> {
  const stack = new StackProcess({
    args: ['--gateways', '2', '--traffic', '0', ...(planted === undefined ? [] : ['--fault', planted])], onLine: (line) => { if (short) note(`  ${line}`); },
  });
  try {
    note('starting the stack with the demo shop and two gateways');
    let state = await stack.start();
    const ids = await itemIds(state);
    const ineligible = ids.filter((_, i) => i % 60 === 0);
    await hide(state, ineligible);
    note(`${ids.length} items, of which ${ineligible.length} were just made unavailable`);

    const gateways = new TwoGateways(state.gateways, state.keys.secret);
    const shoppers = new Shoppers(gateways, USERS, ids);
    const visitors = new Visitors(gateways, USERS, new Set(ineligible), shoppers.seen);
    const faults = new Faults(stack, visitors, note);
    const events = shoppers.run(EVENTS_PER_SECOND);
    const requests = visitors.run(REQUESTS_PER_SECOND);
    await sleep(5000);
    const planned: Fault[] = short ? faultsFor(['ingestion', 'feature-store']) : faultsFor(SERVICES);
    for (const fault of planned) await faults.inject(fault);
    visitors.stop();
    await requests;

    note('SIGKILL for everything at once, and a new start');
    stack.killAll();
    shoppers.stop();
    state = await stack.start();
    gateways.moveTo(state.gateways);
    await events;
    await sleep(2000);

    const { lost, doubled } = shoppers.compare(await storedEvents(state));
    for (const refusal of new Set(shoppers.refusals)) note(`refused: ${refusal}`);
    const failures = visitors.judged.filter(({ failure }) => failure !== undefined);
    for (const [reason, list] of Map.groupBy(failures, ({ failure }) => failure!)) note(`failed ${list.length} times: ${reason}`);
    const outside = visitors.judged.filter(({ atMs }) => !faults.windows.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs));
    const degradedOutside = outside.filter(({ degraded }) => degraded.length > 0);
    for (const [stages, list] of Map.groupBy(degradedOutside, ({ degraded }) => degraded.join(', '))) note(`degraded outside fault windows ${list.length} times: ${stages}`);
    return {
      figures: {
        requests: visitors.judged.length,
        failed: failures.length,
        degraded: outside.length === 0 ? 1 : degradedOutside.length / outside.length,
        degradedInAll: visitors.judged.filter(({ degraded }) => degraded.length > 0).length / visitors.judged.length,
        acknowledged: shoppers.acknowledged.length,
        lost,
        doubled,
        killsPerService: Object.fromEntries(faults.kills),
        recoverySeconds: Math.max(...faults.recoveries),
        p50Ms: quantile(visitors.judged.map(({ tookMs }) => tookMs), 0.5),
        p99Ms: quantile(visitors.judged.map(({ tookMs }) => tookMs), 0.99),
      },
      targets: {
        failed: { equals: 0 }, degraded: { atMost: 0.005 }, lost: { equals: 0 }, doubled: { equals: 0 }, recoverySeconds: { atMost: 10 },
      },
    };
  } finally {
    await stack.dispose();
  }
}

await show({
  name: 'chaos serve',
  help: '200 requests/s and 500 events/s (5 % repeated by clients) while every service gets SIGKILL twice and SIGSTOP for 10 s once, in random\norder; last, everything is SIGKILLed and started again. Events are compared with what clients had acknowledged. A fault window lasts from\nthe signal until the service is ready again and answers are whole. About 4 minutes.',
  options: {
    break: { type: 'string', help: `plant a fault that the show must find: ${FAULTS.join(' or ')}` },
    short: { type: 'boolean', help: 'only ingestion and the feature store' },
  },
  run: async ({ flags }) => {
    const planted = typeof flags.break === 'string' ? flags.break : undefined;
    if (planted !== undefined && !FAULTS.includes(planted)) throw new Error(`--break takes ${FAULTS.join(' or ')}.`);
    return run(planted, flags.short === true);
  },
});
