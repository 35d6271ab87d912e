/** Clients that send events, again when they hear nothing, and remember what was acknowledged: the oracle. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TwoGateways } from './http.ts';

interface SentEvent {
  readonly eventId: string;
  readonly type: string;
  readonly userId: string;
  readonly itemId: string;
  readonly eventTime: number;
}

export interface Tally {
  readonly lost: number;
  readonly doubled: number;
}

const TYPES = ['view', 'click', 'add_to_cart', 'purchase'];
const SENDERS = 50;
const REPEAT_SHARE = 0.05;
const MOST_TRIES = 60;

const keyOf = ({ type, itemId, eventTime }: Pick<SentEvent, 'type' | 'itemId' | 'eventTime'>): string => `${type} ${itemId} ${eventTime}`;

export class Shoppers {
  /** By user: item → when the first event about it was acknowledged. */
  readonly seen = new Map<string, Map<string, number>>();
  readonly acknowledged: SentEvent[] = [];
  private readonly refused: string[] = [];
  private readonly clock = new Map<string, number>();
  private readonly pending = new Set<Promise<void>>();
  private stopped = false;

  private readonly gateways: TwoGateways;
  private readonly users: readonly string[];
  private readonly items: readonly string[];

  constructor(gateways: TwoGateways, users: readonly string[], items: readonly string[]) {
    this.gateways = gateways;
    this.users = users;
    this.items = items;
  }

  /** Events that came back as not acceptable: a fault of this program, if any. */
  get refusals(): readonly string[] {
    return this.refused;
  }

  /** Sends `perSecond` events in batches until stopped. */
  async run(perSecond: number, batch = 10): Promise<void> {
    const gapMs = (1000 * batch) / perSecond;
    let due = performance.now();
    for (let turn = 0; !this.stopped; turn++) {
      this.follow(this.deliver(`sender-${turn % SENDERS}`, Array.from({ length: batch }, () => this.make())));
      due += gapMs;
      await sleep(Math.max(0, due - performance.now()));
    }
    await Promise.all(this.pending);
  }

  stop(): void {
    this.stopped = true;
  }

  /** What is missing or there twice, comparing each user's events with what was acknowledged. */
  compare(stored: ReadonlyMap<string, readonly { type: string; itemId: string; eventTime: string }[]>): Tally {
    let lost = 0;
    let doubled = 0;
    const counts = new Map<string, Map<string, number>>();
    for (const [user, events] of stored) {
      const byKey = new Map<string, number>();
      for (const event of events) {
        const key = keyOf({ ...event, eventTime: Date.parse(event.eventTime) });
        byKey.set(key, (byKey.get(key) ?? 0) + 1);
      }
      for (const count of byKey.values()) doubled += count - 1;
      counts.set(user, byKey);
    }
    for (const event of this.acknowledged) if (!counts.get(event.userId)?.has(keyOf(event))) lost++;
    return { lost, doubled };
  }

  private make(): SentEvent {
    const userId = this.users[Math.floor(Math.random() * this.users.length)]!;
    // Times of a user's events are all different, so that each event can be told from every other.
    const eventTime = Math.max(Date.now(), (this.clock.get(userId) ?? 0) + 1);
    this.clock.set(userId, eventTime);
    return {
      eventId: randomUUID(), type: TYPES[Math.floor(Math.random() * TYPES.length)]!, userId,
      itemId: this.items[Math.floor(Math.random() ** 2 * this.items.length)]!, eventTime,
    };
  }

  private async deliver(sender: string, events: readonly SentEvent[]): Promise<void> {
    let left = events;
    for (let attempt = 0; left.length > 0 && attempt < MOST_TRIES; attempt++) {
      const answer = await this.gateways.send(sender, '/v1/events', { method: 'POST', body: { events: left }, patienceMs: 2000, timeoutMs: 4000 }).catch(() => undefined);
      if (answer?.status === 202) {
        const rejected = new Set((answer.body.rejected as { index: number }[]).map(({ index }) => index));
        for (const [index, event] of left.entries()) if (!rejected.has(index)) this.acknowledge(event);
        for (const { reason, detail } of answer.body.rejected) this.refused.push(`${reason}: ${detail}`);
        left = [];
      } else if (answer !== undefined && answer.status < 500 && answer.status !== 429) {
        this.refused.push(`${answer.status} ${answer.body.reason}: ${answer.body.detail}`);
        left = [];
      } else {
        await sleep(Math.random() * Math.min(2000, 50 * 2 ** attempt));
      }
    }
    // Some clients say the same again, though it had been acknowledged.
    const repeats = events.filter(() => Math.random() < REPEAT_SHARE);
    if (repeats.length === 0) return;
    await sleep(Math.random() * 5000);
    await this.gateways.send(sender, '/v1/events', { method: 'POST', body: { events: repeats }, patienceMs: 2000, timeoutMs: 4000 }).catch(() => undefined);
  }

  private acknowledge(event: SentEvent): void {
    this.acknowledged.push(event);
    const seen = this.seen.get(event.userId) ?? new Map<string, number>();
    if (!seen.has(event.itemId)) seen.set(event.itemId, performance.now());
    this.seen.set(event.userId, seen);
  }

  private follow(delivery: Promise<void>): void {
    this.pending.add(delivery);
    void delivery.finally(() => this.pending.delete(delivery));
  }
}
