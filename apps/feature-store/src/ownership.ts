import { setTimeout as sleep } from 'node:timers/promises';
import { partitionsOf, shareOf, type Member, type PartitionLeases, type PartitionMap } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';

/** What happens to partitions as this process gets them and loses them. */
export interface PartitionWork {
  /** Begins to apply a partition from where the store is. */
  take(partition: number): void;
  /** Stops to apply it and writes what is not written; nothing of it is in memory when this resolves. */
  letGo(partition: number): Promise<void>;
}

export interface OwnershipParts {
  readonly leases: PartitionLeases;
  readonly self: Member;
  readonly logger: Logger;
  /** How long a lease lasts that is not renewed, milliseconds; default 3000. */
  readonly leaseMs?: number;
}

const LEASE_MS = 3000;
/** A lease is renewed so many times while it lasts. */
const RENEWALS = 12;
const NOBODY: PartitionMap = { members: [], owners: [] };

/**
 * This process's share of the partitions, by leases: takes what is free, hands over what is too much, and lets go of everything when
 * its leases are over, as its own clock says: no later than others may take them.
 */
export class Ownership {
  private map = NOBODY;
  private readonly held = new Set<number>();
  private readonly leaving = new Map<number, Promise<void>>();
  /** Let go, and not known to be so where the leases are. */
  private readonly released = new Set<number>();
  private validUntilMs = 0;
  private work: PartitionWork | undefined;
  private wake = new AbortController();
  private stopping: Promise<void> | undefined;
  private running: Promise<void> = Promise.resolve();
  private ending: NodeJS.Timeout | undefined;
  private readonly leaseMs: number;

  constructor(private readonly parts: OwnershipParts) {
    this.leaseMs = parts.leaseMs ?? LEASE_MS;
  }

  get self(): Member {
    return this.parts.self;
  }

  /** Joins the others. Throws when the leases can't be reached. */
  async start(work: PartitionWork): Promise<void> {
    this.work = work;
    await this.renew();
    this.running = this.run();
  }

  /** Hands everything over at once; repeated calls change nothing. */
  stop(): Promise<void> {
    this.stopping ??= this.leave();
    return this.stopping;
  }

  /** Whether this process has a partition now. */
  owns(partition: number): boolean {
    return this.held.has(partition) && !this.isOver;
  }

  /** Who had each partition when the leases were last renewed; undefined for nobody. */
  ownerOf(partition: number): Member | undefined {
    const owner = this.map.owners[partition];
    return this.map.members.find(({ id }) => id === owner);
  }

  /** The other members. */
  get others(): readonly Member[] {
    return this.map.members.filter(({ id }) => id !== this.self.id);
  }

  private get isOver(): boolean {
    return performance.now() >= this.validUntilMs;
  }

  private get isStopped(): boolean {
    return this.stopping !== undefined;
  }

  private async leave(): Promise<void> {
    this.wake.abort();
    await this.running;
    clearTimeout(this.ending);
    await Promise.all([this.letGoOf([...this.held]), ...this.leaving.values()]);
    await this.parts.leases.leave(this.self.id).catch((error: unknown) => {
      this.parts.logger.warn({ err: error }, 'The leases could not be given back: others have the partitions when they end.');
    });
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      await sleep(this.leaseMs / RENEWALS, undefined, { signal: this.wake.signal }).catch(() => undefined);
      if (this.isStopped) return;
      this.wake = new AbortController();
      await this.renew().catch((error: unknown) => this.parts.logger.warn({ err: error }, 'The leases of partitions could not be renewed; trying again.'));
    }
  }

  private async renew(): Promise<void> {
    const released = [...this.released];
    const sentMs = performance.now();
    this.map = await this.parts.leases.renew(this.self, { leaseMs: this.leaseMs, released });
    this.validUntilMs = sentMs + this.leaseMs;
    this.watchEnd();
    for (const partition of released) this.released.delete(partition);
    this.settle(new Set(partitionsOf(this.self.id, this.map)));
  }

  /** Makes what is held what the leases say. */
  private settle(own: ReadonlySet<number>): void {
    const lost = [...this.held].filter((partition) => !own.has(partition));
    const gained = [...own].filter((partition) => !this.held.has(partition) && !this.leaving.has(partition) && !this.released.has(partition));
    void this.letGoOf(lost);
    for (const partition of gained) {
      this.held.add(partition);
      this.work!.take(partition);
    }
    const surplus = this.held.size - shareOf(this.self.id, this.map.members);
    if (surplus > 0) for (const partition of [...this.held].slice(-surplus)) void this.handOver(partition);
    if (lost.length > 0 || gained.length > 0 || surplus > 0) {
      this.parts.logger.info({ members: this.map.members.length, held: this.held.size, gained: gained.length, lost: lost.length, handedOver: Math.max(0, surplus) }, 'The partitions are shared out anew.');
    }
  }

  private async handOver(partition: number): Promise<void> {
    await this.letGoOf([partition]);
    this.released.add(partition);
    this.wake.abort();
  }

  /** Whether or not a renewal is under way: when the leases end, everything is let go. */
  private watchEnd(): void {
    clearTimeout(this.ending);
    this.ending = setTimeout(() => this.lapse(), Math.max(0, Math.ceil(this.validUntilMs - performance.now())));
  }

  private lapse(): void {
    if (!this.isOver) return this.watchEnd();
    if (this.held.size === 0) return;
    this.parts.logger.warn({ held: this.held.size }, 'The leases have ended before they were renewed: everything is let go.');
    void this.letGoOf([...this.held]);
  }

  private async letGoOf(partitions: readonly number[]): Promise<void> {
    await Promise.all(partitions.map((partition) => {
      this.held.delete(partition);
      const left = this.work!.letGo(partition).finally(() => this.leaving.delete(partition));
      this.leaving.set(partition, left);
      return left;
    }));
  }
}
