import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openEventLog } from '@serendip/events-adapters';
import { partitionOfEvent, type EventLog } from '@serendip/events-domain';
import { MessageDocuments, openStateStore } from '@serendip/features-adapters';
import { MemoryStateStore, PartitionApplier, type StateStore } from '@serendip/features-domain';
import { createGrpcClient, type GrpcClient } from '@serendip/platform-grpc';
import { freePort } from '@serendip/platform-grpc/free-port';
import { RedisClusterServers, RedisServer } from '@serendip/platform-redis/testing';
import { events, features, fromBinary, toBinary } from '@serendip/shared-contracts';
import { PARTITIONS, hash64, userEntity } from '@serendip/shared-identity';
import { UserStateView } from '@serendip/shared-layouts';
import { event } from './feature-store.fixture.js';

const root = join(import.meta.dirname, '../../..');
const USERS = Array.from({ length: 100 }, (_, n) => `user-${n}`);
const ITEMS = Array.from({ length: 30 }, (_, n) => `item-${n}`);
const keyOf = (userId: string) => ({ tenant: 't', entity: userEntity(userId) });
const PATIENCE_MS = 40_000;

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > end) throw new Error(`It takes too long until ${what}.`);
    await sleep(50);
  }
}

type Client = GrpcClient<typeof features.FeatureStoreService>;

/** A feature store as it runs, in a process of its own. */
class ReplicaProcess {
  private readonly rebuilds: GrpcClient<typeof features.RebuildService>;

  private constructor(private readonly child: ChildProcess, readonly address: string, readonly client: Client) {
    this.rebuilds = createGrpcClient(features.RebuildService, { target: address, timeoutMs: 5000, breaker: false });
  }

  static async start(env: Readonly<Record<string, string>>): Promise<ReplicaProcess> {
    const [port, adminPort] = [await freePort(), await freePort()];
    const child = spawn(process.execPath, ['--no-warnings', join(root, 'apps/feature-store/dist/main.js')], {
      env: { ...process.env, ...env, SERENDIP_HOST: '127.0.0.1', SERENDIP_PORT: String(port), SERENDIP_ADMIN_PORT: String(adminPort), SERENDIP_INGESTION_TARGET: '127.0.0.1:1', SERENDIP_LOG_LEVEL: 'error' },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const address = `127.0.0.1:${port}`;
    const replica = new ReplicaProcess(child, address, createGrpcClient(features.FeatureStoreService, { target: address, timeoutMs: 5000, breaker: false }));
    await until(`${address} is ready`, async () => (await fetch(`http://127.0.0.1:${adminPort}/readyz`)).ok);
    return replica;
  }

  /** How the newest rebuild goes, as this one knows. */
  async rebuild(): Promise<features.Rebuild> {
    return (await this.rebuilds.getRebuild({})).rebuild!;
  }

  async startRebuild(): Promise<features.Rebuild> {
    return (await this.rebuilds.startRebuild({})).rebuild!;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  async end(name: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill(name);
      this.child.kill('SIGCONT');
      await ended;
    }
    this.client.close();
    this.rebuilds.close();
  }

  /** How many partitions each replica has, as this one knows. */
  async shares(): Promise<Readonly<Record<string, number>>> {
    const { partitions } = await this.client.getProgress({});
    return Object.fromEntries([...Map.groupBy(partitions, ({ owner }) => owner)].map(([owner, list]) => [owner, list.length]));
  }
}

/** Appends clicks, some of them again and again, and remembers when each was durable. */
class Shoppers {
  readonly acknowledged = new Map<string, number[]>();
  private isStopped = false;
  private count = 0;

  constructor(private readonly log: EventLog) {}

  async run(): Promise<void> {
    const sent: events.Event[] = [];
    while (!this.isStopped) {
      const fresh = Array.from({ length: 20 }, () => this.click());
      const repeats = Array.from({ length: 2 }, () => sent[Math.floor(Math.random() * sent.length)]).filter((one) => one !== undefined);
      await this.log.append([...fresh, ...repeats].map((one) => ({ partition: partitionOfEvent(one), bytes: toBinary(events.EventSchema, one) })));
      for (const { userId } of fresh) this.acknowledged.set(userId, [...this.acknowledged.get(userId) ?? [], Date.now()]);
      sent.push(...fresh);
      await sleep(50);
    }
  }

  stop(): void {
    this.isStopped = true;
  }

  private click(): events.Event {
    const n = this.count++;
    return event({ userId: USERS[n % USERS.length]!, eventId: `event-${n}`, items: [{ itemId: ITEMS[n % ITEMS.length]! }] });
  }
}

/** Reads through every replica that can answer, and holds what each says against what was acknowledged. */
class Readers {
  reads = 0;
  readonly faults: string[] = [];
  private isStopped = false;

  constructor(private readonly able: ReadonlySet<ReplicaProcess>, private readonly acknowledged: ReadonlyMap<string, readonly number[]>) {}

  async run(): Promise<void> {
    while (!this.isStopped) {
      await Promise.all([...this.able].map((replica) => this.read(replica)));
      await sleep(20);
    }
  }

  stop(): void {
    this.isStopped = true;
  }

  private async read(replica: ReplicaProcess): Promise<void> {
    const atMs = Date.now();
    const userId = USERS[this.reads++ % USERS.length]!;
    try {
      const { results: [result] } = await replica.client.readUserStates({ requests: [{ tenant: 't', userId }] }, { timeoutMs: 15_000 });
      const known = new UserStateView(result!.record).interactions;
      const due = (this.acknowledged.get(userId) ?? []).filter((ms) => ms < atMs - result!.ageMs).length;
      if (known < due) this.faults.push(`${userId}: ${known} of ${due} events in a state that says it is ${Math.round(result!.ageMs)} ms old`);
    } catch (error) {
      if (this.able.has(replica)) this.faults.push(String(error));
    }
  }
}

/** The state that one process makes of the whole log. */
async function replayed(log: EventLog): Promise<MemoryStateStore> {
  const store = new MemoryStateStore();
  const ends = await log.ends();
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const records = await log.read(partition, 0, 1_000_000);
    const batch = records.map(({ position, bytes }) => ({ position, event: fromBinary(events.EventSchema, bytes) }));
    await new PartitionApplier(partition, { store, documents: new MessageDocuments() }).apply(batch, { cursor: 0, end: ends[partition]! });
  }
  return store;
}

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

async function contentOf(store: StateStore): Promise<unknown> {
  const statistics: string[] = [];
  for (let partition = 0; partition < PARTITIONS; partition++) {
    for await (const { key, row } of store.reader.statistics(partition)) statistics.push(`${partition} ${ITEMS.find((id) => hash64(id).lo === key.lo)} ${row.join()}`);
  }
  return { users: (await store.reader.users(USERS.map(keyOf))).map(hex), statistics: statistics.sort() };
}

async function written(stateUrl: string, log: EventLog): Promise<void> {
  await until('everything is applied and written', async () => {
    const store = await openStateStore(stateUrl);
    try {
      const ends = await log.ends();
      const heads = await Promise.all(ends.map((_end, partition) => store.partitions.head(partition)));
      return heads.every(({ cursor }, partition) => cursor === ends[partition]);
    } finally {
      await store.close();
    }
  });
}

let server: RedisServer;
let cluster: RedisClusterServers;
beforeAll(async () => {
  execFileSync(process.execPath, [join(root, 'tools/build.mjs')]);
  [server, cluster] = await Promise.all([RedisServer.start(), RedisClusterServers.start()]);
}, 60_000);
afterAll(() => Promise.all([server.remove(), cluster.remove()]));

const running = new Set<ReplicaProcess>();
afterEach(async () => {
  await Promise.all([...running].map((replica) => replica.end('SIGKILL')));
  running.clear();
});

describe.each([['Redis', () => server.url(1)], ['a Redis Cluster', () => cluster.url]])('replicas over %s', (_, stateUrl) => {
  /** Ends what shoppers and readers do; all is written then, and is what a replay of the log makes. */
  async function endWhole(log: EventLog, { shoppers, readers, work }: { readonly shoppers: Shoppers; readonly readers: Readers; readonly work: readonly Promise<void>[] }): Promise<void> {
    shoppers.stop();
    await work[0];
    await written(stateUrl(), log);
    readers.stop();
    await work[1];
    const store = await openStateStore(stateUrl());
    expect(await contentOf(store)).toEqual(await contentOf(await replayed(log)));
    await store.close();
  }

  it('lose and double nothing while they join, leave, are killed and are stopped past their leases; each answers all the time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'replicas-'));
    await server.cli('flushall');
    const log = await openEventLog(server.url(0), { mode: 'writer' });
    const env = { SERENDIP_LOG: server.url(0), SERENDIP_STATE: stateUrl(), SERENDIP_OBJECTS: `file:${folder}` };
    const start = async (): Promise<ReplicaProcess> => {
      const replica = await ReplicaProcess.start(env);
      running.add(replica);
      return replica;
    };
    const shared = (replica: ReplicaProcess, ...all: ReplicaProcess[]): Promise<void> => until(`${all.length} share the partitions`, async () => {
      const shares = await replica.shares();
      return all.every(({ address }) => Math.abs(shares[address]! - PARTITIONS / all.length) < 1);
    });

    const [one, two] = [await start(), await start()];
    await shared(one, one, two);
    const shoppers = new Shoppers(log);
    const readers = new Readers(running, shoppers.acknowledged);
    const work = [shoppers.run(), readers.run()];

    const three = await start();
    await shared(one, one, two, three);

    running.delete(two);
    await two.end('SIGKILL');
    await shared(one, one, three);
    const four = await start();
    await shared(one, one, three, four);

    running.delete(three);
    three.signal('SIGSTOP');
    await shared(one, one, four);
    await sleep(500);
    three.signal('SIGCONT');
    running.add(three);
    await shared(three, one, three, four);

    running.delete(one);
    await one.end('SIGTERM');
    await shared(three, three, four);

    await endWhole(log, { shoppers, readers, work });
    expect(readers.faults).toEqual([]);
    expect(readers.reads).toBeGreaterThan(100);
    await log.close();
    rmSync(folder, { recursive: true });
  }, 180_000);

  it('make the state anew while they go on, all of them, whoever of them is asked; one that is killed meanwhile leaves the state there was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'replicas-'));
    await Promise.all([server.cli('flushall'), cluster.empty()]);
    const log = await openEventLog(server.url(0), { mode: 'writer' });
    const env = { SERENDIP_LOG: server.url(0), SERENDIP_STATE: stateUrl(), SERENDIP_OBJECTS: `file:${folder}` };
    const [one, two] = [await ReplicaProcess.start(env), await ReplicaProcess.start(env)];
    running.add(one).add(two);
    const shoppers = new Shoppers(log);
    const readers = new Readers(running, shoppers.acknowledged);
    const work = [shoppers.run(), readers.run()];
    const { RUNNING, DONE, FAILED } = features.RebuildStatus;
    const ends = (replica: ReplicaProcess): Promise<void> => until('the rebuild has ended', async () => (await replica.rebuild()).status !== RUNNING);

    await sleep(1000);
    expect((await one.startRebuild()).status).toBe(RUNNING);
    await ends(two);
    expect(await two.rebuild()).toMatchObject({ status: DONE, error: '' });

    await one.startRebuild();
    running.delete(one);
    await one.end('SIGKILL');
    await ends(two);
    expect((await two.rebuild()).status).toBe(FAILED);
    await two.startRebuild();
    await ends(two);
    expect(await two.rebuild()).toMatchObject({ status: DONE, error: '' });

    await endWhole(log, { shoppers, readers, work });
    // How exact ages are is the other test's: here two cores also make a state anew.
    expect(readers.reads).toBeGreaterThan(100);
    expect(readers.faults.length).toBeLessThan(readers.reads / 20);
    await log.close();
    rmSync(folder, { recursive: true });
  }, 180_000);
});
