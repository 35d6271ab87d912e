import { setTimeout as wait } from 'node:timers/promises';
import { DomainError, isDomainError } from '@serendip/shared-errors';
import { PARTITIONS } from '@serendip/shared-identity';
import { KnownEnds } from '../known-ends.js';
import { KafkaConnection } from './kafka-connection.js';
import { KafkaTopic, isOutOfRange } from './kafka-topic.js';
import { LeaderEpochs, storedRecords } from './leader-epochs.js';
import type { LogAddress } from './log-address.js';
import type { ReadAhead } from './read-ahead.js';

/** How long a broker holds an answer back while there is nothing new. */
const pollMs = 500;
/** Who has waited comes back at once, as a rule. */
const lingerMs = 1_000;
const retryAfterMs = 50;

/**
 * Knows the durable ends and wakes who waits for them to move; while somebody does, each leader is asked for what is new, and
 * answers when there is something. The records come with the news, for whoever is going to read them.
 */
export class EndsFollower {
  private readonly connection: KafkaConnection;
  private readonly topic: KafkaTopic;
  private readonly epochs: LeaderEpochs;
  private readonly known = new KnownEnds();
  private readonly offsets = new Map<number, number>(Array.from({ length: PARTITIONS }, (_, partition) => [partition, 0]));
  private following: Promise<void> | undefined;
  private followUntil = 0;

  constructor(private readonly address: LogAddress, private readonly ahead: ReadAhead) {
    this.connection = new KafkaConnection(address);
    this.topic = new KafkaTopic(this.connection, address.topic);
    this.epochs = new LeaderEpochs(this.topic);
  }

  /** The furthest known ends. */
  get now(): readonly number[] {
    return this.known.now;
  }

  /** Takes note of the end of partitions. */
  note(ends: Iterable<readonly [partition: number, end: number]>): readonly number[] {
    const all = new Array<number>(PARTITIONS).fill(0);
    for (const [partition, end] of ends) all[partition] = end;
    return this.known.note(all);
  }

  /** Asks for the ends. */
  look(): Promise<readonly number[]> {
    return this.connection.run(async () => {
      const moved = [...await this.topic.ends([...this.offsets.keys()])].filter(([partition, offset]) => offset !== this.offsets.get(partition));
      const last = await this.epochs.positions(new Map(moved.filter(([, offset]) => offset > 0).map(([partition, offset]) => [partition, offset - 1])));
      for (const [partition, offset] of moved) this.offsets.set(partition, offset);
      return this.note([...last].map(([partition, position]) => [partition, position + 1]));
    });
  }

  /** The ends, once one is past `since`, or after a time, or on `close`. UNAVAILABLE/LOG_FAILED when Kafka is not there after that time. */
  async wait(since: readonly number[], timeoutMs: number): Promise<readonly number[]> {
    const waiting = this.known.wait(since, timeoutMs);
    if (this.known.awaited) {
      this.followUntil = performance.now() + timeoutMs + lingerMs;
      this.following ??= this.follow().finally(() => { this.following = undefined; });
    }
    if (await waiting || this.connection.up) return this.known.now;
    throw new DomainError('UNAVAILABLE', 'LOG_FAILED', `The event log at ${this.address.name} can not be followed: its Kafka is not there.`);
  }

  async close(): Promise<void> {
    this.followUntil = 0;
    this.known.close();
    await this.connection.close();
    await this.following;
  }

  private get wanted(): boolean {
    return performance.now() < this.followUntil;
  }

  private async follow(): Promise<void> {
    while (this.wanted) {
      try {
        await this.followLeaders(await this.connection.run(() => this.topic.leaders(), 0));
      } catch (error) {
        // Who waits learns it when the time is over.
        if (!isDomainError(error)) throw error;
        await wait(retryAfterMs);
      }
    }
  }

  /** Follows each leader at its own pace, until one of them can not be followed. */
  private async followLeaders(leaders: ReadonlyMap<number, readonly number[]>): Promise<void> {
    let together = true;
    await Promise.all([...leaders].map(async ([node, partitions]) => {
      try {
        while (together && this.wanted) await this.takeNews(node, partitions);
      } finally {
        together = false;
      }
    }));
  }

  private async takeNews(node: number, partitions: readonly number[]): Promise<void> {
    const since = new Map(partitions.map((partition) => [partition, this.offsets.get(partition)!]));
    const news = await this.connection.run(() => this.topic.fetchNews(node, since, pollMs).catch(unlessOutOfRange), 0);
    // What came last is lost.
    if (news === undefined) return void await this.look();
    const ends: [number, number][] = [];
    for (const [partition, { records, next }] of news) {
      if (records.length === 0 || this.offsets.get(partition) !== since.get(partition)) continue;
      this.offsets.set(partition, next);
      const stored = storedRecords(records);
      this.ahead.add(partition, since.get(partition)!, stored);
      ends.push([partition, stored.at(-1)!.position + 1]);
    }
    this.note(ends);
  }
}

function unlessOutOfRange(error: unknown): undefined {
  if (!isOutOfRange(error)) throw error;
}
