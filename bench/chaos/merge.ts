/** Merges anonymous visitors into users while the services that do it are killed, and counts what came of every event. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { note, quantile, show } from '../shared/show.ts';
import { StackProcess, type StackState } from '../shared/stack-process.ts';

const EVENTS_BEFORE = 6;
const EVENTS_AFTER = 4;
const OWN_EVENTS = 3;
const QUIET_MERGES = 100;
/** The supervisor waits longer with each restart, so that more would only make this longer. */
const MOST_KILLS = 8;
const UP_MS = 1_000;
const MOST_PAUSE_MS = 1_000;
const SETTLE_MS = 60_000;

/** Tries until it is accepted: everything sent here may be sent again. */
class Api {
  private readonly state: StackState;
  refusals = 0;

  constructor(state: StackState) {
    this.state = state;
  }

  async post(path: string, body: unknown): Promise<void> {
    for (;;) {
      const response = await this.call(path, { method: 'POST', body: JSON.stringify(body) });
      if (response?.ok) return;
      if (response !== undefined && response.status < 500 && response.status !== 429) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      this.refusals++;
      await sleep(50 + Math.random() * 100);
    }
  }

  /** Items of a user's events; undefined while they can't be read. */
  async itemsOf(user: string): Promise<readonly string[] | undefined> {
    const response = await this.call(`/v1/users/${user}/events?limit=200`, {});
    if (!response?.ok) return undefined;
    const { events } = await response.json() as { events: { itemId?: string }[] };
    return events.map(({ itemId }) => itemId ?? '').sort();
  }

  private call(path: string, init: RequestInit): Promise<Response | undefined> {
    const headers = { authorization: `Bearer ${this.state.keys.secret}`, ...(init.body === undefined ? {} : { 'content-type': 'application/json' }) };
    return fetch(this.state.gateways[0] + path, { ...init, headers, signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
  }
}

/** What one person does: a visit under an anonymous id, then signing in, with repeats wherever a client may repeat. */
async function person(api: Api, n: number, itemOf: () => string): Promise<{ readonly user: string; readonly items: readonly string[] }> {
  const user = `user-${n}`;
  const items: string[] = [];
  const send = async (who: { readonly userId: string } | { readonly anonymousId: string }, count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const itemId = itemOf();
      const event = { eventId: `event-${itemId}`, type: 'click', itemId, ...who };
      items.push(itemId);
      await api.post('/v1/events', event);
      if (Math.random() < 0.3) await api.post('/v1/events', event);
      await sleep(Math.random() * MOST_PAUSE_MS);
    }
  };
  await send({ userId: user }, OWN_EVENTS);
  for (const visitor of [`visitor-${n}-a`, `visitor-${n}-b`]) {
    await send({ anonymousId: visitor }, EVENTS_BEFORE);
    const merge = (): Promise<void> => api.post(`/v1/users/${user}:merge`, { anonymousId: visitor });
    await Promise.all([merge(), send({ anonymousId: visitor }, EVENTS_AFTER)]);
    if (Math.random() < 0.5) await merge();
  }
  return { user, items: items.sort() };
}

/** Kills the feature store and ingestion in turn, each a while after it is up again, until it is told to stop; answers how often. */
async function killInTurn(stack: StackProcess, isOver: () => boolean): Promise<number> {
  const killed = new Set<number>();
  for (const service of Array.from({ length: MOST_KILLS }, (_, i) => (i % 2 === 0 ? 'feature-store' : 'ingestion'))) {
    let pid = stack.state()?.services[service]?.pid;
    while (!isOver() && (pid === undefined || killed.has(pid))) {
      await sleep(50);
      pid = stack.state()?.services[service]?.pid;
    }
    await sleep(UP_MS);
    if (isOver() || pid === undefined) break;
    process.kill(pid, 'SIGKILL');
    killed.add(pid);
  }
  return killed.size;
}

interface Difference {
  lost: number;
  doubled: number;
  strangers: number;
}

async function differences(api: Api, people: readonly { readonly user: string; readonly items: readonly string[] }[]): Promise<Difference> {
  const sum = { lost: 0, doubled: 0, strangers: 0 };
  for (const { user, items } of people) {
    const deadline = Date.now() + SETTLE_MS;
    let found = await api.itemsOf(user);
    while ((found === undefined || found.length < items.length) && Date.now() < deadline) {
      await sleep(100);
      found = await api.itemsOf(user);
    }
    const counts = Map.groupBy(found ?? [], (item) => item);
    sum.lost += items.filter((item) => !counts.has(item)).length;
    sum.doubled += [...counts.values()].reduce((more, list) => more + list.length - 1, 0);
    sum.strangers += [...counts.keys()].filter((item) => !items.includes(item)).length;
  }
  return sum;
}

/** Milliseconds from the answer to a merge until the visitor's events are the user's, with nothing else going on. */
async function quietMerges(api: Api, itemOf: () => string): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let n = 0; n < QUIET_MERGES; n++) {
    await api.post('/v1/events', { eventId: `quiet-${n}`, type: 'click', itemId: itemOf(), anonymousId: `quiet-${n}` });
    await api.post(`/v1/users/quiet-${n}:merge`, { anonymousId: `quiet-${n}` });
    const started = performance.now();
    while ((await api.itemsOf(`quiet-${n}`))?.length !== 1) await sleep(1);
    taken.push(performance.now() - started);
  }
  return taken;
}

/** How many events the feature store has sent to other partitions since it started. */
async function sentEvents(state: StackState): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${state.services['feature-store']!.adminPort}/metrics`);
  const [, count = '0'] = /serendip_state_forwarded_total\{outcome="sent"\} (\d+)/.exec(await response.text()) ?? [];
  return Number(count);
}

await show({
  name: 'merge',
  help: 'Visitors sign in while the feature store and ingestion are killed (SIGKILL), and everything is sent again now and then. Every event must be its\nuser\'s exactly once, also after the state is deleted and made again from the log, and that must send nothing.',
  options: {
    break: { type: 'string', help: 'plant a fault that this must find: no-dedupe' },
    people: { type: 'string', help: 'people who sign in, each under two anonymous ids (default 40)' },
  },
  async run({ flags }) {
    const count = Number(flags['people'] ?? 40);
    const fault = typeof flags['break'] === 'string' ? ['--fault', flags['break']] : [];
    const stack = new StackProcess({ args: ['--no-demo', '--traffic', '0', '--without', 'trainer,embedding,ranking', ...fault] });
    try {
      let api = new Api(await stack.start());
      note('the stack is up');
      const perPerson = OWN_EVENTS + 2 * (EVENTS_BEFORE + EVENTS_AFTER);
      const all = count * perPerson + QUIET_MERGES;
      for (let from = 0; from < all; from += 500) {
        await api.post('/v1/items:batch', { items: Array.from({ length: Math.min(500, all - from) }, (_, i) => ({ id: `i-${from + i}` })) });
      }
      let next = 0;
      const itemOf = (): string => `i-${next++}`;
      const quiet = await quietMerges(api, itemOf);
      note(`${quiet.length} merges with nothing else going on`);

      let isOver = false;
      const killing = killInTurn(stack, () => isOver);
      const people = await Promise.all(Array.from({ length: count }, (_, n) => person(api, n, itemOf)));
      isOver = true;
      const kills = await killing;
      note(`${people.length} people, ${kills} kills, ${api.refusals} refusals`);
      const { refusals } = api;
      const live = await differences(api, people);

      await stack.stop();
      rmSync(join(stack.dataDir, 'state'), { recursive: true, force: true });
      const again = await stack.start();
      api = new Api(again);
      const rebuilt = await differences(api, people);
      const sent = await sentEvents(again);
      note('the state was deleted and made again');
      const figures = {
        people: count, merges: 2 * count, events: count * perPerson, kills, refusals, lost: live.lost, doubled: live.doubled, strangers: live.strangers,
        rebuiltLost: rebuilt.lost, rebuiltDoubled: rebuilt.doubled + rebuilt.strangers, rebuiltSent: sent,
        mergeP50Ms: quantile(quiet, 0.5), mergeP99Ms: quantile(quiet, 0.99),
      };
      const none = { equals: 0 };
      return { figures, targets: { kills: { atLeast: 4 }, lost: none, doubled: none, strangers: none, rebuiltLost: none, rebuiltDoubled: none, rebuiltSent: none } };
    } finally {
      await stack.dispose();
    }
  },
});
