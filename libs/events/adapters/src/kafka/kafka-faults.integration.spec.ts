import { setTimeout as wait } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Admin, ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka';
import { isDomainError } from '@serendip/shared-errors';
import { PARTITIONS } from '@serendip/shared-identity';
import { epochOf, type LogRecord, type OpenLog } from '@serendip/events-domain';
import { KafkaCluster, type KafkaClusterOptions } from '@serendip/platform-kafka/testing';
import { byPlace, everything, record, textsOf } from '../log-faults.fixture.js';
import { openEventLog } from '../open-event-log.js';
import type { OpenEventLogOptions } from '../open-options.js';

describe('a log whose Kafka fails', () => {
  /** One broker for all that need no other: most of the time of a test would be its start. Each test has a topic of its own. */
  let cluster: KafkaCluster;
  let topic = '';
  let topics = 0;
  beforeAll(async () => { cluster = await KafkaCluster.start(); }, 300_000);
  beforeEach(() => { topic = `log-${++topics}`; });
  afterAll(() => cluster.remove());

  const endings: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
    cluster.signal('SIGCONT');
    if (cluster.pids.length === 0) await cluster.startBroker();
  }, 120_000);

  async function kafka(options: KafkaClusterOptions): Promise<KafkaCluster> {
    const other = await KafkaCluster.start(options);
    endings.push(() => other.remove());
    return other;
  }

  async function open(url: string, mode: OpenEventLogOptions['mode'], waitMs = 30_000): Promise<OpenLog> {
    const log = await openEventLog(url, { mode, waitMs });
    endings.push(() => log.close());
    return log;
  }

  async function administer<T>(among: KafkaCluster, action: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [...among.addresses] });
    try {
      return await action(admin);
    } finally {
      await admin.close();
    }
  }

  const set = (among: KafkaCluster, setting: string, value: string) => administer(among, (admin) => admin.incrementalAlterConfigs({
    resources: [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configs: [{ name: setting, configOperation: IncrementalAlterConfigOperationTypes.SET, value }] }],
  }));

  /** What fails may be tried again, but for a log that was closed since the test's time was over: trying it for ever would stop all that come after. */
  function unlessClosed(error: unknown): undefined {
    if (isDomainError(error) && error.reason === 'LOG_CLOSED') throw error;
  }

  /** Appends as soon as the brokers, which have been started, take part. */
  async function appended(log: OpenLog, records: readonly LogRecord[]): Promise<readonly number[]> {
    for (;;) {
      const positions = await log.append(records).catch(unlessClosed);
      if (positions !== undefined) return positions;
    }
  }

  /** Opens the log until it is refused: what was set reaches one broker after the other. */
  async function refusal(url: string, mode: OpenEventLogOptions['mode']): Promise<unknown> {
    for (;;) {
      const opened: OpenLog | Error = await openEventLog(url, { mode, waitMs: 100 }).catch((error: Error) => error);
      if (opened instanceof Error) return opened;
      await opened.close();
    }
  }

  /**
   * Appends from 20 lanes to three partitions and follows it with a reader, while `fail` is run; then holds what was acknowledged against
   * what there is. What was rejected may be there or not, at most once.
   */
  async function loseNothingWhile(url: string, fail: (acknowledgedMore: (count: number) => Promise<void>) => Promise<void>): Promise<readonly number[]> {
    const [log, reader] = [await open(url, 'writer'), await open(url, 'reader')];
    const acknowledged = new Map<number, string>();
    const unknown = new Set<string>();
    let [writing, settled] = [true, false];
    const lane = async (name: number): Promise<void> => {
      for (let i = 0; writing; i++) {
        const records = [record(i % 3, `${name}.${i}.0`), record(i % 3, `${name}.${i}.1`)];
        const positions = await log.append(records).catch(unlessClosed);
        if (positions === undefined) records.forEach(({ bytes }) => unknown.add(bytes.toString()));
        else records.forEach(({ partition, bytes }, j) => acknowledged.set(positions[j]! * PARTITIONS + partition, bytes.toString()));
      }
    };
    const followed = new Map<number, string>();
    const follow = async (): Promise<void> => {
      const cursors = [0, 0, 0];
      let ends: readonly number[] = [];
      for (let last = false; !last;) {
        last = settled;
        for (const [partition, cursor] of cursors.entries()) {
          const records = await reader.read(partition, cursor, everything).catch(unlessClosed);
          last &&= records !== undefined;
          for (const { position, bytes } of records ?? []) {
            expect(position).toBeGreaterThanOrEqual(cursors[partition]!);
            cursors[partition] = position + 1;
            followed.set(position * PARTITIONS + partition, Buffer.from(bytes).toString());
          }
        }
        ends = await reader.waitForAppend(ends, 100).catch(unlessClosed) ?? ends;
      }
    };
    const lanes = Promise.all(Array.from({ length: 20 }, (_, name) => lane(name)));
    const following = follow();
    const broken = Promise.all([lanes, following]).then(() => undefined);
    await fail(async (count) => {
      const before = acknowledged.size;
      while (acknowledged.size < before + count) await Promise.race([wait(5), broken]);
    });
    writing = false;
    await lanes;
    settled = true;
    await following;

    const stored = new Map<number, string>();
    for (const partition of [0, 1, 2]) for (const { position, bytes } of await log.read(partition, 0, everything)) stored.set(position * PARTITIONS + partition, Buffer.from(bytes).toString());
    expect(new Set(stored.values()).size).toBe(stored.size);
    expect(new Map([...stored].filter(([, text]) => !unknown.has(text)))).toEqual(new Map([...acknowledged].sort(byPlace)));
    expect(new Map([...followed].sort(byPlace))).toEqual(stored);
    for (const partition of [0, 1, 2]) {
      const texts = await textsOf(log, partition);
      for (let name = 0; name < 20; name++) {
        const own = texts.filter((text) => text.startsWith(`${name}.`)).map((text) => text.split('.').slice(1).map(Number));
        expect(own).toEqual([...own].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!));
      }
    }
    return [...new Set([...stored.keys()].map((at) => epochOf(Math.floor(at / PARTITIONS))))];
  }

  it('is refused by the name of each setting that may lose it, whoever opens it', async () => {
    const log = await open(cluster.url(topic), 'writer');
    await log.append([record(0, 'a')]);
    const unsafe = [['retention.ms', '604800000', '-1'], ['retention.bytes', '1000000', '-1'], ['unclean.leader.election.enable', 'true', 'false'], ['cleanup.policy', 'compact', 'delete'], ['max.message.bytes', '1000000', 'at least 1100000']] as const;
    for (const [setting, value, wanted] of unsafe) {
      await set(cluster, setting, value);
      for (const mode of ['writer', 'reader'] as const) {
        expect(await refusal(cluster.url(topic), mode)).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'LOG_ENGINE_UNSAFE', message: expect.stringContaining(`${setting} is ${value} and must be ${wanted}`) });
      }
      await set(cluster, setting, setting === 'max.message.bytes' ? '2097152' : wanted);
    }
    await administer(cluster, (admin) => admin.createTopics({ topics: ['plain', 'plain.cursors'], partitions: 64, replicas: 1 }));
    const opening = openEventLog(cluster.url('plain'), { mode: 'writer' });
    await expect(opening).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'LOG_INCOMPATIBLE', message: expect.stringContaining('64 partitions and must have 1') });
    expect(log.durability).toBe('process');
  }, 120_000);

  it('says so when there is no Kafka or no log to read', async () => {
    await expect(openEventLog(cluster.url(topic), { mode: 'reader', waitMs: 0 })).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_MISSING' });
    await cluster.kill();
    await expect(openEventLog(cluster.url(topic), { mode: 'writer', waitMs: 0 })).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED' });
  });

  it('asks for the user of its URL, and tells the password to nobody', async () => {
    const guarded = await kafka({ user: { name: 'serendip', password: 'right' } });
    const log = await open(`${guarded.url(topic, 'serendip:right@')}?sasl=plain`, 'writer');
    await log.append([record(0, 'a')]);
    const refused: unknown = await openEventLog(`${guarded.url(topic, 'serendip:wrong-one@')}?sasl=plain`, { mode: 'writer' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED', message: expect.stringContaining('SASL') });
    expect(inspect(refused, { depth: 10 })).not.toContain('wrong-one');
  });

  it('has what it acknowledged once and in order after kill -9 under load, and is followed over that without gaps or repeats', async () => {
    const epochs = await loseNothingWhile(cluster.url(topic), async (acknowledgedMore) => {
      for (let kills = 0; kills < 2; kills++) {
        await acknowledgedMore(400);
        await cluster.kill();
        await cluster.startBroker();
      }
      await acknowledgedMore(400);
    });
    expect(epochs.length).toBeGreaterThanOrEqual(3);
  }, 180_000);

  it('does not double what a silent broker takes after it was sent again', async () => {
    const log = await open(cluster.url(topic), 'writer');
    await log.append([record(0, 'before')]);
    cluster.signal('SIGSTOP');
    const appending = log.append([record(0, 'a')]);
    await wait(6_000);
    cluster.signal('SIGCONT');
    await appending;
    await log.append([record(0, 'b')]);
    expect(await textsOf(log, 0)).toEqual(['before', 'a', 'b']);
  });

  it('fails appends and waits while Kafka is away, and goes on when it is back', async () => {
    const [log, reader] = [await open(cluster.url(topic), 'writer'), await open(cluster.url(topic), 'reader')];
    await log.append([record(0, 'a')]);
    const ends = await reader.ends();
    await cluster.kill();
    await expect(log.append([record(0, 'b')])).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED' });
    await expect(reader.waitForAppend(ends, 200)).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED' });
    await cluster.startBroker();
    await appended(log, [record(0, 'c')]);
    expect((await reader.waitForAppend(ends, 10_000))[0]).toBeGreaterThan(ends[0]!);
    expect(await textsOf(reader, 0)).toEqual(['a', 'c']);
  }, 180_000);

  it('uses no position twice when a restart has lost what came last, and reads what came after it', async () => {
    const [log, reader] = [await open(cluster.url(topic), 'writer'), await open(cluster.url(topic), 'reader')];
    await log.append([record(0, 'a')]);
    const putBack = cluster.snapshot(topic);
    const [lost] = (await log.append([record(0, 'lost'), record(0, 'lost too')])).slice(-1);
    while ((await reader.waitForAppend([], 1_000))[0]! <= lost!) await reader.read(0, 0, everything);
    await cluster.kill();
    putBack();
    await cluster.startBroker();
    const [next] = await appended(log, [record(0, 'b')]);
    expect(epochOf(next!)).toBeGreaterThan(epochOf(lost!));
    for (const one of [log, reader]) {
      let ends = await one.ends();
      while (ends[0]! <= next!) ends = await one.waitForAppend(ends, 1_000);
      expect((await one.read(0, lost! + 1, everything)).map(({ position }) => position)).toEqual([next]);
    }
    expect(await textsOf(await open(cluster.url(topic), 'reader'), 0)).toEqual(['a', 'b']);
  }, 180_000);

  it('waits for the brokers of its URL before it makes topics, and tells of those that were made with fewer replicas', async () => {
    const two = await kafka({ brokers: 2 });
    const [first] = two.addresses;
    await two.kill(1);
    while (await administer(two, (admin) => admin.metadata({ topics: [], forceUpdate: true })).then(({ brokers }) => brokers.size) > 1) await wait(100);
    await expect(openEventLog(two.url(topic), { mode: 'writer', waitMs: 500 })).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED', message: expect.stringContaining('1 of the 2 brokers that the URL names are there') });
    const log = await open(`kafka://${first}/${topic}`, 'writer');
    expect(log.durability).toBe('process');
    await two.startBroker(1);
    const advice: string[] = [];
    while (advice.length < 2) {
      const opened = await openEventLog(two.url(topic), { mode: 'writer', advise: (sentence) => advice.push(sentence) });
      await opened.close();
    }
    for (const name of [topic, `${topic}.cursors`]) expect(advice).toContainEqual(expect.stringContaining(`${name} was made with 1 replica a partition and keeps them, while there are 2 brokers`));
    await open(two.url(`${topic}-new`), 'writer').then(({ durability }) => expect(durability).toBe('replicated'));
  }, 240_000);

  it('acknowledges what two brokers have, says that it is replicated, and loses nothing when a leader is killed', async () => {
    const three = await kafka({ brokers: 3 });
    const log = await open(three.url(topic), 'writer');
    expect(log.durability).toBe('replicated');
    await set(three, 'min.insync.replicas', '1');
    expect(await refusal(three.url(topic), 'reader')).toMatchObject({ reason: 'LOG_ENGINE_UNSAFE', message: expect.stringContaining('min.insync.replicas is 1 and must be at least 2') });
    await set(three, 'min.insync.replicas', '2');
    await loseNothingWhile(three.url(topic), async (acknowledgedMore) => {
      for (const broker of [1, 2]) {
        await acknowledgedMore(400);
        await three.kill(broker);
        await acknowledgedMore(400);
        await three.startBroker(broker);
      }
      await acknowledgedMore(400);
    });
  }, 240_000);
});
