import { randomUUID } from 'node:crypto';
import { partitionOfEvent } from '@serendip/events-domain';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { MessageDocuments } from '@serendip/features-adapters';
import { MemoryStateStore, WriteBehindStateStore, type Documents, type PartitionCommit, type PartitionStore, type StateReader, type StateStore } from '@serendip/features-domain';
import { createGrpcClient, startGrpcService, type GrpcClient } from '@serendip/platform-grpc';
import { freePort } from '@serendip/platform-grpc/free-port';
import { createLogger } from '@serendip/platform-logging';
import { create, events, features, toBinary, type MessageInitShape } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { bytesOf } from '@serendip/shared-layouts';
import { Registry } from 'prom-client';
import { FeatureStoreMetrics } from './feature-store.metrics.js';
import type { LogFollower } from './log-follower.service.js';
import { Replica } from './replica.js';

export const NOW = 1_790_000_000_000;
export const logger = createLogger('feature-store', 'silent');

/** An event of tenant `t`: a click on item `a`, with what is given. */
export const event = (fields: MessageInitShape<typeof events.EventSchema>): events.Event =>
  create(events.EventSchema, { tenant: 't', type: 'click', items: [{ itemId: 'a' }], eventTimeMs: NOW, receivedAtMs: NOW, ...fields });

/** An item is put into the catalogue, or deleted. */
export const itemChange = (id: string, kind = events.ChangeKind.PUT): events.Event =>
  event({ type: '$item', items: [], payload: { case: 'itemChange', value: { kind, item: { id, title: `Title of ${id}` } } } });

/** Who an anonymous visitor is. */
export const identify = (anonymousId: string, userId: string): events.Event => event({ type: '$identify', anonymousId, items: [], payload: { case: 'identify', value: { userId } } });

/** Appends each to its partition; answers where they stand. */
export function write(log: InMemoryEventLog, ...list: readonly events.Event[]): Promise<readonly number[]> {
  return log.append(list.map((one) => ({ partition: partitionOfEvent(one), bytes: toBinary(events.EventSchema, one) })));
}

/** Asks again, for four seconds at most, until it is so; throws if it never is. */
export async function until(what: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 800; tries++) {
    if (await what()) return;
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
  throw new Error(`It never came to be: ${what.toString()}`);
}

/** Ingestion as the sender sees it: appends what it is sent; may fail before or after that. */
export class Ingestion {
  calls = 0;
  /** What was reported as dead letters. */
  reported: MessageInitShape<typeof events.ReportedDeadLetterSchema>[] = [];
  fails: 'never' | 'before' | 'after' = 'never';
  constructor(private readonly log: InMemoryEventLog) {}

  readonly reportDeadLetters = async ({ letters = [] }: MessageInitShape<typeof events.ReportDeadLettersRequestSchema>) => {
    if (this.fails !== 'never') throw new DomainError('UNAVAILABLE', 'LOG_SLOW', 'Later.');
    this.reported.push(...letters);
    return create(events.ReportDeadLettersResponseSchema, {});
  };

  readonly writeEvents = async ({ tenant, events: list = [] }: MessageInitShape<typeof events.WriteEventsRequestSchema>) => {
    const all = list.map((one) => create(events.EventSchema, { ...one, tenant, eventTimeMs: NOW, receivedAtMs: NOW } as MessageInitShape<typeof events.EventSchema>));
    const positions = await write(this.log, ...all);
    return create(events.WriteEventsResponseSchema, { results: all.map(() => ({ status: events.EventStatus.ACCEPTED })), positions: bytesOf(Float64Array.from(positions)) });
  };

  readonly forwardEvents = async ({ events: list = [] }: MessageInitShape<typeof events.ForwardEventsRequestSchema>) => {
    this.calls++;
    const away = new DomainError('UNAVAILABLE', 'LOG_SLOW', 'Later.');
    if (this.fails === 'before') throw away;
    await write(this.log, ...(list as events.Event[]));
    if (this.fails === 'after') throw away;
    return create(events.ForwardEventsResponseSchema, { results: list.map(() => ({ status: events.EventStatus.ACCEPTED })) });
  };
}

/** State on a disk that may be full. */
export class FailingStore extends MemoryStateStore {
  isFull = false;
  refused = 0;

  override async commit(partition: number, expectedCursor: number, commit: PartitionCommit): Promise<void> {
    if (this.isFull) {
      this.refused++;
      throw new DomainError('UNAVAILABLE', 'STATE_FAILED', 'The disk is full.');
    }
    await super.commit(partition, expectedCursor, commit);
  }
}

/** State on a primary that may be ahead of its replica, which takes over. */
export class FailingOverStore implements StateStore {
  readonly shared = undefined;
  isReplicating = true;
  private primary = new MemoryStateStore();
  private readonly replica = new MemoryStateStore();
  readonly catalogue = this.primary;
  readonly outbox = this.primary;
  readonly reader: StateReader = { users: (keys) => this.primary.users(keys), statistics: (partition) => this.primary.statistics(partition) };
  readonly partitions: PartitionStore = {
    head: (partition) => this.primary.head(partition),
    find: (partition, wanted) => this.primary.find(partition, wanted),
    commit: async (...args) => {
      await this.primary.commit(...args);
      if (this.isReplicating) await this.replica.commit(...args);
    },
  };

  failOver(): void {
    this.isReplicating = false;
    this.primary = this.replica;
  }

  async close(): Promise<void> {}
}

/** As what it shares the partitions with others, where the store can be shared. */
export interface Sharing {
  readonly leaseMs?: number;
  /** Where others look for it, if not where it is. */
  readonly address?: string;
}

/** The service on loopback, over a log in memory and a store of its own unless it is given one. */
export class Fixture {
  private constructor(
    readonly log: InMemoryEventLog, readonly client: GrpcClient<typeof features.FeatureStoreService>, readonly people: GrpcClient<typeof features.PeopleService>, readonly replica: Replica, readonly ingestion: Ingestion,
    private readonly end: () => Promise<void>,
  ) {}

  static async start(log = new InMemoryEventLog(), beneath: StateStore = new MemoryStateStore(), documents: Documents = new MessageDocuments(), sharing: Sharing = {}): Promise<Fixture> {
    const store = new WriteBehindStateStore(beneath);
    const ingestion = new Ingestion(log);
    const port = beneath.shared === undefined ? 0 : await freePort();
    const replica = new Replica({
      log, store, documents, ingestion, metrics: new FeatureStoreMetrics(new Registry()), logger, dedupe: true, statisticsEveryMs: 20,
      self: { id: randomUUID(), address: sharing.address ?? `127.0.0.1:${port}` }, ...(sharing.leaseMs === undefined ? {} : { leaseMs: sharing.leaseMs }),
    });
    await replica.start();
    const server = await startGrpcService({ module: replica.module, services: [features.FeatureStoreService, features.PeopleService, features.RebuildService], host: '127.0.0.1', port, logger, notReadyMs: 0, drainMs: 0 });
    const options = { target: `127.0.0.1:${server.port}`, timeoutMs: 5_000, breaker: false };
    const client = createGrpcClient(features.FeatureStoreService, options);
    const people = createGrpcClient(features.PeopleService, options);
    return new Fixture(log, client, people, replica, ingestion, async () => {
      await replica.handOver();
      client.close();
      people.close();
      await server.close();
      await replica.stop();
      await store.close();
    });
  }

  get follower(): LogFollower {
    return this.replica.follower;
  }

  /** Writes events and waits until they are applied. */
  async apply(...list: readonly events.Event[]): Promise<readonly number[]> {
    const positions = await write(this.log, ...list);
    await this.caughtUp();
    return positions;
  }

  /** Until every partition is applied to its end, and everything that partitions sent each other. */
  async caughtUp(): Promise<void> {
    await until(async () => {
      const ends = await this.log.ends();
      const { partitions } = await this.client.getProgress({});
      return partitions.every(({ cursor, partition }) => cursor >= ends[partition]!);
    });
  }

  close(): Promise<void> {
    return this.end();
  }
}
