import { DomainError } from '@serendip/shared-errors';
import { PARTITIONS } from '@serendip/shared-identity';
import type { RedisConnection, Reply } from './redis-connection.js';
import { FIRST_GENERATION, generationKeys, generationOf, placeOf } from './state-keys.js';

/** Which generation of each partition is read. Every read looks whether it still is the live one, so nothing is answered of one that may be going away. */
export class LiveGenerations {
  private readonly known: number[];
  private readonly listeners: ((partition: number) => void)[] = [];

  /** @param fixed the generation to keep to, whichever is live: for who makes it */
  constructor(private readonly connection: RedisConnection, private readonly fixed?: number) {
    this.known = new Array<number>(PARTITIONS).fill(fixed ?? FIRST_GENERATION);
  }

  of(partition: number): number {
    return this.known[partition]!;
  }

  /** What the keys of what is read of a partition begin with. */
  place(partition: number): string {
    return placeOf(partition, this.of(partition));
  }

  get isFixed(): boolean {
    return this.fixed !== undefined;
  }

  whenSwitched(listener: (partition: number) => void): void {
    this.listeners.push(listener);
  }

  /** Takes note of which is live; answers whether that was known. */
  notice(partition: number, live: Reply | undefined): boolean {
    if (this.isFixed || generationOf(live) === this.known[partition]) return true;
    this.known[partition] = generationOf(live);
    for (const listener of this.listeners) listener(partition);
    return false;
  }

  /** The values of strings by their partitions, in order, all of live generations; in a cluster of one partition. */
  async strings(partitions: readonly number[], keyOf: (place: string, i: number) => string): Promise<readonly Reply[]> {
    if (partitions.length === 0) return [];
    const ask = (): Promise<Reply> => this.connection.send('MGET', partitions.map((partition, i) => keyOf(this.place(partition), i)));
    return (await this.readLive([...new Set(partitions)], ask)) as readonly Reply[];
  }

  /** What is read of a partition in one go, all of the live generation. */
  read<T>(partition: number, ask: (place: string) => Promise<T>): Promise<T> {
    return this.readLive([partition], () => ask(this.place(partition)));
  }

  /** What is read of a partition in several goes, all of one generation. */
  async readAll<T>(partition: number, ask: () => Promise<T>): Promise<T> {
    for (;;) {
      const generation = this.of(partition);
      const answer = await ask();
      if (this.of(partition) === generation) return answer;
    }
  }

  /** Looks which generation of a partition is live; to be given to `require` between the goes of what is told bit by bit. */
  async learn(partition: number): Promise<number> {
    this.notice(partition, (await this.askLive([partition]))[0]);
    return this.of(partition);
  }

  /** Throws UNAVAILABLE/STATE_FAILED unless a generation is still the one that is read. */
  require(partition: number, generation: number): void {
    if (this.of(partition) === generation) return;
    throw new DomainError('UNAVAILABLE', 'STATE_FAILED', `Another generation of partition ${partition} has become the live one while it was read: read it again.`);
  }

  private async readLive<T>(partitions: readonly number[], ask: () => Promise<T>): Promise<T> {
    for (;;) {
      const asking = ask();
      const [answer, live] = await Promise.all([asking, this.askLive(partitions)]);
      if (partitions.map((partition, i) => this.notice(partition, live[i])).every(Boolean)) return answer;
    }
  }

  /**
   * Goes the same way as what is asked just before, and is answered after it. A command of its own: while the slot moves a cluster answers none whose keys are partly
   * on one node and partly on another.
   */
  private async askLive(partitions: readonly number[]): Promise<readonly Reply[]> {
    return this.isFixed ? [] : ((await this.connection.send('MGET', partitions.map(generationKeys.live))) as readonly Reply[]);
  }
}
