/** What an engine appends a second, bare and through Serendip's log, the same bytes in turn: what ingestion's log may cost is measured against the engine itself. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog, LogRecord } from '@serendip/events-domain';
import { openEventLog } from '@serendip/events-adapters';
import { PARTITIONS } from '@serendip/shared-identity';
import { open } from 'lmdb';
import { quantile } from '../../shared/show.ts';

const ROUNDS = 5;
const ROUND_MS = 1000;
/** Records of one append, as of one request. */
const BATCH = 100;
/** Appends that wait at a time. */
const AT_ONCE = 64;

export interface Rates {
  /** Records a second, the median of the rounds. */
  readonly raw: number;
  readonly log: number;
}

/** Appends as fast as it is let, for a round; answers records a second. */
async function round(append: () => Promise<unknown>, batch: number): Promise<number> {
  const began = performance.now();
  let records = 0;
  await Promise.all(Array.from({ length: Math.ceil((AT_ONCE * BATCH) / batch) }, async () => {
    while (performance.now() - began < ROUND_MS) {
      await append();
      records += batch;
    }
  }));
  return records / ((performance.now() - began) / 1000);
}

interface RawEngine {
  /** Records of one append. */
  readonly records: number;
  /** Appends a batch by itself; resolves once it is as durable as the log's. */
  append(): Promise<unknown>;
  close(): Promise<unknown>;
}

function rawLmdb(folder: string, value: Buffer): RawEngine {
  const database = open<Buffer, [number, number]>({ path: join(folder, 'raw'), encoding: 'binary', overlappingSync: true });
  let position = 0;
  return {
    records: BATCH,
    append: async () => {
      for (let i = 0; i < BATCH; i++) {
        const at = position++;
        void database.put([at % PARTITIONS, at], value);
      }
      await database.flushed;
    },
    close: () => database.close(),
  };
}

/** XADD of each record to the stream of its partition, a batch in one pipeline. */
async function rawRedis(url: string, value: Buffer): Promise<RawEngine> {
  const { Redis } = await import('ioredis');
  const client = new Redis(url);
  let position = 0;
  return {
    records: BATCH,
    append: async () => {
      const pipeline = client.pipeline();
      for (let i = 0; i < BATCH; i++) pipeline.xadd(`raw:${position++ % PARTITIONS}`, '*', 'r', value);
      await pipeline.exec();
    },
    close: () => client.quit(),
  };
}

/** An idempotent producer of the client that the log uses, acks=all, with as much in one send as waits at a time: sends by themselves are much slower. */
async function rawKafka(url: string, value: Buffer): Promise<RawEngine> {
  const { Admin, Producer } = await import('@platformatic/kafka');
  const { host, pathname } = new URL(url);
  const [topic, client] = [pathname.slice(1), { clientId: 'raw', bootstrapBrokers: [host] }];
  const admin = new Admin(client);
  await admin.createTopics({ topics: [topic], partitions: PARTITIONS, replicas: 1 });
  await admin.close();
  const producer = new Producer<Buffer | undefined, Buffer, Buffer, Buffer>({ ...client, idempotent: true });
  let position = 0;
  return {
    records: 5_000,
    append: () => producer.send({ messages: Array.from({ length: 5_000 }, () => ({ topic, partition: position++ % PARTITIONS, value })) }),
    close: () => producer.close(),
  };
}

function rawEngine(url: string, value: Buffer): Promise<RawEngine> {
  return url.startsWith('kafka:') ? rawKafka(url, value) : rawRedis(url, value);
}

/** @param bytes size of a record. @param server where the raw appends and the log go, unless they go to LMDB. */
export async function appendRates(bytes: number, server?: { readonly raw: string; readonly log: string }): Promise<Rates> {
  const folder = mkdtempSync(join(tmpdir(), 'serendip-ingest-'));
  const value = Buffer.alloc(bytes, 'x');
  const engine = server === undefined ? rawLmdb(folder, value) : await rawEngine(server.raw, value);
  const log: EventLog = await openEventLog(server?.log ?? `lmdb:${join(folder, 'log')}`, { mode: 'writer' });
  let partition = 0;
  const records = (): LogRecord[] => Array.from({ length: BATCH }, () => ({ partition: partition++ % PARTITIONS, bytes: value }));
  try {
    const [raw, through]: [number[], number[]] = [[], []];
    for (let i = 0; i < ROUNDS; i++) {
      raw.push(await round(() => engine.append(), engine.records));
      through.push(await round(() => log.append(records()), BATCH));
    }
    return { raw: quantile(raw, 0.5), log: quantile(through, 0.5) };
  } finally {
    await log.close();
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
