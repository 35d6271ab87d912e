/** Clients with queues, as the SDK's: an event stays in one until it is acknowledged, and some are sent again though they were. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../shared/random.ts';
import type { StackState } from '../../shared/stack-process.ts';
import { send, type Answer } from '../serve/http.ts';
import { within, type Range } from './faults.ts';
import type { Deed, Merge, People } from './people.ts';
import { Meter } from './work.ts';

const CLIENTS = 64;
const FLUSH_MS = 250;
const TICK_MS = 20;
const MOST_IN_BATCH = 200;
const REPEAT_SHARE = 0.05;
const SECONDS_MS: Range = [1000, 8000];
const MINUTE_MS: Range = [55_000, 65_000];
const ANSWER_MS = 5000;
const LONGEST_PAUSE_MS = 2000;
/** With so much of it in queues people wait, too: what would come in a minute of outage is not made up for. */
const MOST_WAITING_S = 10;

type Entry = { readonly deed: Deed } | { readonly merge: Merge };

const bodyOf = ({ eventId, type, who, items, value, timeMs }: Deed): object => ({
  eventId, type, ...who, ...(items.length === 1 ? { itemId: items[0] } : { items: items.map((itemId) => ({ itemId })) }), ...(value === undefined ? {} : { value }), eventTime: timeMs,
});

export class Clients {
  /** Every deed that was acknowledged, once. */
  readonly acknowledged: Deed[] = [];
  /** Grows with what is acknowledged. */
  readonly work = new Meter();
  /** Answers that are a fault of this program, if there are any. */
  readonly refusals: string[] = [];
  repeats = 0;
  retries = 0;
  private readonly known = new Set<Deed>();
  private readonly queues: readonly Entry[][] = Array.from({ length: CLIENTS }, () => []);
  private readonly delayed: { readonly dueMs: number; readonly deed: Deed }[] = [];
  private readonly state: StackState;
  private readonly people: People;
  private readonly random: Random;
  private isOver = false;

  constructor({ state, people, random }: { readonly state: StackState; readonly people: People; readonly random: Random }) {
    this.state = state;
    this.people = people;
    this.random = random;
  }

  /** Entries in queues: what is not acknowledged, and repeats. */
  get waiting(): number {
    return this.queues.reduce((sum, queue) => sum + queue.length, 0);
  }

  /** Sends `perSecond` new events until `stop`, fewer where ten seconds of them wait; resolves when everything is acknowledged, repeats too. */
  async run(perSecond: number): Promise<void> {
    await Promise.all([this.make(perSecond), ...this.queues.map((queue) => this.drain(queue))]);
  }

  /** No new events; those who are not signed in sign in, and repeats that were still to come are sent now. */
  stop(): void {
    if (this.isOver) return;
    for (const merge of this.people.signInAll()) this.put(merge.user, { merge });
    for (const { deed } of this.delayed.splice(0)) this.repeat(deed);
    this.isOver = true;
  }

  private async make(perSecond: number): Promise<void> {
    const began = performance.now();
    for (let made = 0; !this.isOver;) {
      const due = ((performance.now() - began) / 1000) * perSecond;
      if (this.waiting >= MOST_WAITING_S * perSecond) made = due;
      for (; made < due; made++) this.act();
      while (this.delayed[0] !== undefined && this.delayed[0].dueMs <= performance.now()) this.repeat(this.delayed.shift()!.deed);
      await sleep(TICK_MS);
    }
  }

  private act(): void {
    const { random } = this;
    const deed = this.people.act(Date.now());
    this.put(deed.owner, { deed });
    const merge = this.people.signIn(deed);
    if (merge !== undefined) this.put(deed.owner, { merge });
    if (random() >= REPEAT_SHARE) return;
    const kind = Math.floor(random() * 3);
    if (kind === 0) this.repeat(deed);
    else this.delay(deed, performance.now() + within(kind === 1 ? SECONDS_MS : MINUTE_MS, random));
  }

  private repeat(deed: Deed): void {
    this.repeats++;
    this.put(deed.owner, { deed });
  }

  /** In the order in which they are due. */
  private delay(deed: Deed, dueMs: number): void {
    const after = this.delayed.findLastIndex((other) => other.dueMs <= dueMs);
    this.delayed.splice(after + 1, 0, { dueMs, deed });
  }

  /** A person has one client. */
  private put(owner: string, entry: Entry): void {
    this.queues[Number(owner.split('-')[1]) % CLIENTS]!.push(entry);
  }

  private async drain(queue: Entry[]): Promise<void> {
    await sleep(this.random() * FLUSH_MS);
    for (let failures = 0; !this.isOver || queue.length > 0;) {
      const sent = this.batchOf(queue);
      if (sent === 0 || await this.deliver(queue.slice(0, sent))) {
        queue.splice(0, sent);
        failures = 0;
        if (queue.length < MOST_IN_BATCH && !this.isOver) await sleep(FLUSH_MS);
      } else {
        this.retries++;
        await sleep(this.random() * Math.min(LONGEST_PAUSE_MS, 50 * 2 ** failures++));
      }
    }
  }

  /** How many entries go in one request: deeds up to the next merge, or one merge. */
  private batchOf(queue: readonly Entry[]): number {
    const merge = queue.slice(0, MOST_IN_BATCH).findIndex((entry) => 'merge' in entry);
    return merge === 0 ? 1 : merge < 0 ? Math.min(queue.length, MOST_IN_BATCH) : merge;
  }

  /** Whether the platform took it. */
  private async deliver(entries: readonly Entry[]): Promise<boolean> {
    const [first] = entries;
    const answer = await (first !== undefined && 'merge' in first
      ? this.post(`/v1/users/${first.merge.user}:merge`, { anonymousId: first.merge.visitor })
      : this.post('/v1/events', { events: entries.map((entry) => bodyOf((entry as { deed: Deed }).deed)) }));
    if (answer === undefined || answer.status >= 500 || answer.status === 429) return false;
    if (answer.status !== 202) this.refusals.push(`${answer.status} ${answer.body.reason}: ${answer.body.detail}`);
    else this.take(entries, answer);
    return true;
  }

  private take(entries: readonly Entry[], { body }: Answer): void {
    const rejected = new Set<number>();
    for (const { index, reason, detail } of body.rejected ?? []) {
      rejected.add(index);
      this.refusals.push(`${reason}: ${detail}`);
    }
    entries.forEach((entry, i) => {
      if (!('deed' in entry) || rejected.has(i) || this.known.has(entry.deed)) return;
      this.known.add(entry.deed);
      this.acknowledged.push(entry.deed);
      this.work.add(1);
    });
  }

  private post(path: string, body: unknown): Promise<Answer | undefined> {
    return send(this.state.gateways[0]! + path, { method: 'POST', key: this.state.keys.secret, body, timeoutMs: ANSWER_MS }).catch(() => undefined);
  }
}
