import { setTimeout as sleep } from 'node:timers/promises';
import { placeOf, type RedisAddress } from '@serendip/platform-redis';
import { DomainError, isDomainError } from '@serendip/shared-errors';
import { Cluster, Command, Redis } from 'ioredis';
import type { Script } from './script.js';

export type Argument = string | number | Buffer;
/** What Redis answers: texts as bytes. */
export type Reply = Buffer | number | null | readonly Reply[];

/** How long is tried what no request waits for, in milliseconds. */
export const BACKGROUND_MS = 5000;
const CONNECT_MS = 2000;
/** A node that is silent for so long is taken for gone. */
const SILENCE_MS = 2000;
const SLOTS_EVERY_MS = 1000;
/** How long replicas may take before they are asked again. */
const REPLICATION_MS = 1000;
/** Between two tries: at first so long, and in the end so many times that. */
const PAUSE_MS = 25;
const LONGEST_PAUSE = 8;
const KEYS_AT_ONCE = 1000;
/** Answers of a Redis that starts, fails over or moves slots; others will not change by asking again. */
const PASSING = /^(LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|MOVED|ASK|TRYAGAIN|BUSY|NOREPLICAS)\b/;

/**
 * One Redis or a cluster. Whatever is asked in one turn of the event loop is on its way before the first answer; nothing is sent
 * again unless it is asked again, so a commit decides itself what a lost answer means.
 */
export class RedisConnection {
  private readonly client: Redis | Cluster;
  /** Why there is no connection. */
  private connectionFault: Error | undefined;
  /** The client's own timer for this goes on for ever when it is closed while it asks (ioredis 5.11). */
  private readonly refresh: NodeJS.Timeout | undefined;

  constructor(private readonly address: RedisAddress) {
    const client = connect(address);
    this.client = client;
    this.refresh = client instanceof Cluster ? setInterval(() => client.refreshSlotsCache(), SLOTS_EVERY_MS) : undefined;
    this.client.on('error', (error: Error) => { this.connectionFault = error; });
    this.client.on('ready', () => { this.connectionFault = undefined; });
  }

  /** Host and port of the nodes that were named. */
  get place(): string {
    return this.address.nodes.map(placeOf).join(',');
  }

  /** Keys of partitions with the same number may be in one command: in a cluster those of one partition, else all. */
  partOf(partition: number): number {
    return this.address.isCluster ? partition : 0;
  }

  /** Sends one command to the node of its keys. Throws what Redis or the connection says. */
  async send(name: string, args: readonly Argument[]): Promise<Reply> {
    return await (this.client.sendCommand(new Command(name, [...args], { replyEncoding: null })) as Promise<Reply>);
  }

  /** Runs a script by its digest; a node that does not know it is given it. Then so many replicas have what it wrote, or it throws. */
  async runScript({ digest, source }: Script, keys: readonly Argument[], args: readonly Argument[], replicas = 0): Promise<Reply> {
    try {
      return await this.replicated('evalsha', [digest, keys.length, ...keys, ...args], replicas);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return await this.replicated('eval', [source, keys.length, ...keys, ...args], replicas);
    }
  }

  /** What each node that can be reached says of itself. */
  async describeNodes(): Promise<readonly { readonly node: string; readonly info: string }[]> {
    const answers = await Promise.allSettled(this.nodes('all').map(async (node) => ({ node: `${node.options.host}:${node.options.port}`, info: await node.info() })));
    const described = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    if (described.length === 0) throw (answers[0] as PromiseRejectedResult).reason;
    return described;
  }

  /** Keys of a pattern on every node, page by page; those that are there all the time are among them. */
  async *scan(pattern: string): AsyncIterable<readonly Buffer[]> {
    for (const node of this.nodes('master')) {
      let place = '0';
      do {
        const [next, keys] = await node.scanBuffer(place, 'MATCH', pattern, 'COUNT', KEYS_AT_ONCE);
        yield keys;
        place = String(next);
      } while (place !== '0');
    }
  }

  /**
   * Tries until it succeeds, is refused for good, or so many milliseconds have passed; `ask` is told how often it was tried. Throws
   * UNAVAILABLE/STATE_FAILED, or what `ask` throws as a DomainError.
   */
  async within<T>(milliseconds: number, ask: (tries: number) => Promise<T>): Promise<T> {
    const end = performance.now() + milliseconds;
    let fault: unknown;
    for (let tries = 0; ; tries++) {
      try {
        return await before(end, this.inOneWrite(() => ask(tries)));
      } catch (error) {
        if (isDomainError(error)) throw error;
        // That the time is over says less than what happened before.
        if (!(error instanceof TimeOver)) fault = error;
        const pauseMs = PAUSE_MS * Math.min(tries + 1, LONGEST_PAUSE);
        if (isFinal(error) || performance.now() + pauseMs >= end) throw this.unavailable(fault ?? error);
        await sleep(pauseMs);
      }
    }
  }

  async close(): Promise<void> {
    clearInterval(this.refresh);
    this.client.disconnect();
  }

  /** WAIT is about what its own connection has written: both go to one node in one go. */
  private async replicated(name: string, args: readonly Argument[], replicas: number): Promise<Reply> {
    if (replicas === 0) return this.send(name, args);
    const [written, copied] = (await this.client.pipeline().callBuffer(name, ...args).wait(replicas, REPLICATION_MS).exec())!;
    if (written![0] !== null) throw written![0];
    if (copied![0] !== null) throw copied![0];
    if (Number(copied![1]) < replicas) throw new Error(`it has been written, and ${Number(copied![1])} of ${replicas} replicas have it`);
    return written![1] as Reply;
  }

  /** What is sent before `ask` first waits goes to each node in one write. */
  private inOneWrite<T>(ask: () => T): T {
    const streams = this.known('master').map(({ stream }) => stream as typeof stream | undefined);
    for (const stream of streams) stream?.cork();
    try {
      return ask();
    } finally {
      for (const stream of streams) stream?.uncork();
    }
  }

  private nodes(role: 'all' | 'master'): readonly Redis[] {
    if (this.client.status !== 'ready') throw new Error('There is no connection yet.');
    return this.known(role);
  }

  /** Whether or not they can be reached. */
  private known(role: 'all' | 'master'): readonly Redis[] {
    return this.client instanceof Cluster ? this.client.nodes(role) : [this.client];
  }

  private unavailable(cause: unknown): DomainError {
    const why = (isNotConnected(cause) ? this.connectionFault : undefined) ?? cause;
    return new DomainError('UNAVAILABLE', 'STATE_FAILED', `The state store at ${this.place} does not answer as it should (${(why as Error).message}): see whether it runs and can be reached.`, { cause });
  }
}

function connect({ isCluster, nodes, access, database }: RedisAddress): Redis | Cluster {
  const shared = {
    ...access, connectTimeout: CONNECT_MS, commandTimeout: SILENCE_MS, maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false,
  };
  if (isCluster) {
    return new Cluster(nodes.map((node) => ({ ...node })), {
      redisOptions: shared, enableOfflineQueue: false, retryDelayOnFailover: 0, slotsRefreshInterval: 0, clusterRetryStrategy: () => PAUSE_MS * 4,
    });
  }
  return new Redis({
    ...shared, ...nodes[0]!, db: database, enableOfflineQueue: false, retryStrategy: () => PAUSE_MS * 2,
    // A primary that has become a replica: the name may lead to another one by now.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
}

class TimeOver extends Error {}

const isFinal = (error: unknown): boolean => error instanceof Error && error.name === 'ReplyError' && !PASSING.test(error.message);

/** The client's own errors, which do not say why. */
const isNotConnected = (error: unknown): boolean => error instanceof Error && error.name !== 'ReplyError' && !(error instanceof TimeOver);

async function before<T>(end: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeOver('there was no answer in time')), Math.max(0, end - performance.now()));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
