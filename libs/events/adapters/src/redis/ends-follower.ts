import type { RedisAddress } from '@serendip/platform-redis';
import { PARTITIONS } from '@serendip/shared-identity';
import { DomainError, isDomainError } from '@serendip/shared-errors';
import { KnownEnds } from '../known-ends.js';
import { ENDS_KEY } from './log-keys.js';
import { RedisConnection } from './redis-connection.js';
import { requireDurable } from './require-durable.js';

/** Shorter than what a silent server is given, so that a quiet log is not taken for a lost one. */
const blockMs = 2_000;

type EndsReply = readonly (readonly [id: string, fields: readonly string[]])[];

/** The ends in an entry of the ends stream; zeros when there is none yet. */
export function endsOf(entries: EndsReply): readonly number[] {
  const text = entries[0]?.[1][1];
  return text === undefined ? new Array<number>(PARTITIONS).fill(0) : text.split(',').map(Number);
}

/** Knows the durable ends and wakes who waits for them to move; a connection of its own blocks on the ends stream while somebody does. */
export class EndsFollower {
  private readonly connection: RedisConnection;
  private readonly known = new KnownEnds();
  private lastId = '0';
  private following: Promise<void> | undefined;

  constructor(private readonly address: RedisAddress) {
    this.connection = new RedisConnection(address, async (client) => {
      await requireDurable(client, address);
      this.lastId = '0';
    });
  }

  /** Connects. */
  async open(forMs: number): Promise<void> {
    await this.connection.run(async () => undefined, forMs);
  }

  /** The furthest known ends. */
  get now(): readonly number[] {
    return this.known.now;
  }

  /** Takes note of ends and answers the furthest known. */
  note(ends: readonly number[]): readonly number[] {
    return this.known.note(ends);
  }

  /** The ends, once one is past `since`, or after a time, or on `close`. UNAVAILABLE/LOG_FAILED when Redis is not there after that time. */
  async wait(since: readonly number[], timeoutMs: number): Promise<readonly number[]> {
    const waiting = this.known.wait(since, timeoutMs);
    if (this.known.awaited) this.following ??= this.follow().finally(() => { this.following = undefined; });
    if (await waiting || this.connection.up) return this.known.now;
    throw new DomainError('UNAVAILABLE', 'LOG_FAILED', `The event log at ${this.address.name} can not be followed: its Redis is not there.`);
  }

  close(): void {
    this.connection.close();
    this.known.close();
  }

  private async follow(): Promise<void> {
    while (this.known.awaited) {
      try {
        const reply = await this.connection.run((client) => client.xread('COUNT', 1, 'BLOCK', blockMs, 'STREAMS', ENDS_KEY, this.lastId));
        const entries = reply?.[0]?.[1] ?? [];
        this.lastId = entries.at(-1)?.[0] ?? this.lastId;
        if (entries.length > 0) this.note(endsOf(entries));
      } catch (error) {
        // Who waits learns it when the time is over.
        if (!isDomainError(error)) throw error;
        return;
      }
    }
  }
}
