import type { DynamicModule } from '@nestjs/common';
import type { EventLog } from '@serendip/events-domain';
import type { Documents, Member, WriteBehindStateStore } from '@serendip/features-domain';
import type { GrpcClient } from '@serendip/platform-grpc';
import type { Logger } from '@serendip/platform-logging';
import type { events } from '@serendip/shared-contracts';
import { AppModule } from './app.module.js';
import type { FeatureStoreMetrics } from './feature-store.metrics.js';
import { LogFollower } from './log-follower.service.js';
import { OutboxSender } from './outbox-sender.js';
import { Ownership } from './ownership.js';
import { PartitionsProgress } from './partition-progress.js';
import { Peers } from './peers.js';
import { Erasure } from './people/erasure.js';
import { Settlement } from './people/settlement.js';
import { PoisonReports } from './poison-reports.js';
import { Rebuilds, type RebuildsParts } from './rebuild/rebuilds.js';
import { StateWriter } from './state-writer.js';
import { UserRecords } from './user-records.js';

export interface ReplicaParts {
  readonly log: EventLog;
  readonly store: WriteBehindStateStore;
  readonly documents: Documents;
  readonly ingestion: Pick<GrpcClient<typeof events.IngestionService>, 'forwardEvents' | 'reportDeadLetters' | 'writeEvents'>;
  readonly metrics: FeatureStoreMetrics;
  readonly logger: Logger;
  readonly dedupe: boolean;
  /** As which it shares the partitions with others, where the state can be shared; else it has all of them. */
  readonly self: Member;
  /** How long its leases last that are not renewed, milliseconds. */
  readonly leaseMs?: number;
  readonly statisticsEveryMs: number;
  /** How the state is made anew beside the live one; undefined where it can't be. */
  readonly beside?: RebuildsParts['beside'];
}

/** What a feature store is made of, but its servers. */
export class Replica {
  readonly module: DynamicModule;
  readonly follower: LogFollower;
  readonly ownership: Ownership | undefined;
  private readonly sender: OutboxSender;
  private readonly poison: PoisonReports;
  private readonly writer: StateWriter;
  private readonly peers: Peers;
  private readonly rebuilds: Rebuilds;

  constructor(private readonly parts: ReplicaParts) {
    const { store, logger, self, leaseMs } = parts;
    const ownership = store.shared && new Ownership({ leases: store.shared.leases, self, logger, ...(leaseMs === undefined ? {} : { leaseMs }) });
    this.ownership = ownership;
    this.sender = new OutboxSender({ ...parts, owns: (partition) => this.follower.owns(partition), firstEnd: (partition) => this.follower.firstEnd(partition) });
    this.poison = new PoisonReports(parts);
    this.follower = new LogFollower({ ...parts, ownership, sender: this.sender, poison: this.poison });
    this.writer = new StateWriter(parts);
    this.peers = new Peers(() => ownership?.others ?? []);
    const { follower, peers } = this;
    const records = new UserRecords({
      store, peers, applied: (partitions) => follower.applied(partitions), switchesOf: (partition) => store.partitions.switchesOf(partition), ageMs: (partition) => follower.ageMs(partition), ageOf: (partition, cursor) => follower.ageOf(partition, cursor),
      ownerOf: (partition) => {
        const owner = follower.owns(partition) ? undefined : ownership?.ownerOf(partition);
        return owner?.id === self.id ? undefined : owner;
      },
    });
    const progress = new PartitionsProgress({ follower, store: store.partitions, peers, ownership, self });
    const erasure = new Erasure({ ...parts, settlement: new Settlement(parts) });
    this.rebuilds = new Rebuilds({
      store, logger, beside: parts.beside,
      whilePaused: (work) => follower.whilePaused(work), cursors: () => follower.runners.map(({ partition, cursor, logEnd }) => (follower.owns(partition) ? cursor : logEnd)), onSwitch: () => follower.generationChanged(),
    });
    this.module = AppModule.with({ ...parts, follower, erasure, rebuilds: this.rebuilds, records, progress });
  }

  async start(): Promise<void> {
    await this.follower.start();
    this.writer.start();
    this.rebuilds.follow();
  }

  /** Others have its partitions from now on; it still answers. */
  async handOver(): Promise<void> {
    await this.ownership?.stop();
  }

  /** To be called when it is asked no more; the log and the store may be closed then. */
  async stop(): Promise<void> {
    await this.rebuilds.stop();
    await this.follower.stop();
    await this.sender.stop();
    await this.writer.stop();
    await this.poison.close();
    this.peers.close();
  }
}
