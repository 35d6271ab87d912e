import {
  DEAD_LETTER_LIMITS, DeadLetterStore, cursorOf, deadLetterIdOf, isDeadLetterId, isNamed, placeOfCursor, refusedAgain, type DeadLetter, type DeadLetterFilter, type DeadLetterPage, type DeadLetterPlace,
  type DeadLetterQuery, type Refusal,
} from '@serendip/events-domain';
import type { RedisAddress } from '@serendip/platform-redis';
import { DomainError } from '@serendip/shared-errors';
import type { ChainableCommander, Redis } from 'ioredis';
import { decodeFacts, decodeLetter, encodeFacts, encodeLetter } from '../../dead-letters/dead-letter-row.js';
import { DEAD_LETTER_BYTES_KEY, deadLetterKeys } from '../log-keys.js';
import { RedisConnection } from '../redis-connection.js';
import { requireDurable } from '../require-durable.js';

/** Rows of one transaction. */
const AT_ONCE = 100;
/** Entries of the order that are looked at in one go. */
const PLACES_AT_ONCE = 1_000;
/** Of the rows of a tenant: they are in the memory of the Redis that has the log. */
const MOST_BYTES = 64 * 1024 * 1024;
const RETRY_FOR_MS = 2_000;

interface Change<T> {
  readonly add: (transaction: ChainableCommander) => void;
  readonly answer: T;
}

/** What must be known of a dead letter to drop it. */
interface Entry {
  readonly id: string;
  readonly reason: string;
  /** Of its row. */
  readonly bytes: number;
}

/**
 * Dead letters beside a log in Redis, the same for every process that has it. A change is planned from what is there and made if nothing of the
 * tenant has changed since. One whose answer is lost may be made twice: a refusal then counts once too often.
 */
export class RedisDeadLetterStore extends DeadLetterStore {
  private readonly connection: RedisConnection;
  /** What is watched is watched by the connection: one change after the other. */
  private changes: Promise<unknown> = Promise.resolve();

  constructor(private readonly address: RedisAddress) {
    super();
    this.connection = new RedisConnection(address, async (client) => { await requireDurable(client, address); });
  }

  async add(refusals: readonly Refusal[]): Promise<number> {
    let gone = 0;
    for (const [tenant, own] of Map.groupBy(refusals, (refusal) => refusal.tenant)) {
      for (let at = 0; at < own.length; at += AT_ONCE) await this.change(tenant, (client) => adding(client, tenant, own.slice(at, at + AT_ONCE)));
      for (let dropped = NaN; dropped !== 0; gone += dropped) dropped = await this.change(tenant, (client) => makingRoom(client, tenant));
    }
    return gone;
  }

  async list(tenant: string, { limit, after, ...filter }: DeadLetterQuery): Promise<DeadLetterPage> {
    const from = after === undefined ? undefined : placeOfCursor(after);
    return this.run(async (client) => {
      const totals = await totalsOf(client, tenant);
      const ids = await newestFirst(client, tenant, { filter, from, most: limit + 1 });
      const letters = (await lettersOf(client, tenant, ids.slice(0, limit))).flatMap((letter) => letter ?? []);
      // There is another page only if there is another letter.
      return { letters, totals, next: ids.length > limit && letters.length > 0 ? cursorOf(letters.at(-1)!) : undefined };
    });
  }

  async find(tenant: string, ids: readonly string[]): Promise<readonly (DeadLetter | undefined)[]> {
    return this.run((client) => lettersOf(client, tenant, ids));
  }

  async remove(tenant: string, ids: readonly string[]): Promise<number> {
    let removed = 0;
    for (let at = 0; at < ids.length; at += AT_ONCE) removed += await this.change(tenant, (client) => dropping(client, tenant, ids.slice(at, at + AT_ONCE)));
    return removed;
  }

  async expire(beforeMs: number): Promise<number> {
    const tenants = await this.run((client) => client.hkeys(DEAD_LETTER_BYTES_KEY));
    let gone = 0;
    for (const tenant of tenants) {
      const old = async (client: Redis): Promise<Change<number>> =>
        dropping(client, tenant, await client.zrange(deadLetterKeys(tenant).order, '-inf', `(${beforeMs}`, 'BYSCORE', 'LIMIT', 0, AT_ONCE));
      for (let removed = AT_ONCE; removed === AT_ONCE; gone += removed) removed = await this.change(tenant, old);
    }
    return gone;
  }

  async close(): Promise<void> {
    this.connection.close();
  }

  /** Plans until nothing came in between. */
  private change<T>(tenant: string, plan: (client: Redis) => Promise<Change<T>>): Promise<T> {
    const changing = this.changes.then(() => this.run(async (client) => {
      for (;;) {
        await client.watch(deadLetterKeys(tenant).rows);
        const { add, answer } = await plan(client);
        const transaction = client.multi();
        add(transaction);
        const made = await transaction.exec();
        const fault = made?.find(([error]) => error !== null)?.[0];
        if (fault) throw fault;
        if (made !== null) return answer;
      }
    }));
    this.changes = changing.catch(() => undefined);
    return changing;
  }

  private async run<T>(action: (client: Redis) => Promise<T>): Promise<T> {
    try {
      return await this.connection.run(action, RETRY_FOR_MS);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new DomainError('UNAVAILABLE', 'DEAD_LETTERS_FAILED', `The dead letters at ${this.address.name} can not be read or written now: ${why}`, { cause });
    }
  }
}

async function totalsOf(client: Redis, tenant: string): Promise<Map<string, number>> {
  const counts = Object.entries(await client.hgetall(deadLetterKeys(tenant).totals));
  return new Map(counts.map(([reason, count]) => [reason, Number(count)] as const).filter(([, count]) => count > 0));
}

/** One for each id, in order; undefined where there is none. */
async function lettersOf(client: Redis, tenant: string, ids: readonly string[]): Promise<readonly (DeadLetter | undefined)[]> {
  if (ids.length === 0) return [];
  const rows = await client.hmgetBuffer(deadLetterKeys(tenant).rows, ...ids.map((id) => (isDeadLetterId(id) ? id : '')));
  return rows.map((row) => (row === null ? undefined : decodeLetter(row)));
}

/** Of those that there are. */
async function entriesOf(client: Redis, tenant: string, ids: readonly string[]): Promise<readonly Entry[]> {
  if (ids.length === 0) return [];
  const keys = deadLetterKeys(tenant);
  const [facts, lengths] = await Promise.all([client.hmgetBuffer(keys.facts, ...ids), Promise.all(ids.map((id) => client.hstrlen(keys.rows, id)))]);
  return ids.flatMap((id, i) => (facts[i] == null ? [] : { id, reason: decodeFacts(facts[i]).reason, bytes: lengths[i]! }));
}

/** Ids that are named, in the order of pages. */
async function newestFirst(
  client: Redis, tenant: string, { filter, from, most }: { readonly filter: DeadLetterFilter; readonly from: DeadLetterPlace | undefined; readonly most: number },
): Promise<readonly string[]> {
  const { order, facts } = deadLetterKeys(tenant);
  const found: string[] = [];
  for (let at = 0; found.length < most; at += PLACES_AT_ONCE) {
    const flat = await client.zrange(order, from?.lastAtMs ?? '+inf', '-inf', 'BYSCORE', 'REV', 'LIMIT', at, PLACES_AT_ONCE, 'WITHSCORES');
    const ids = flat.filter((_, i) => i % 2 === 0);
    if (ids.length === 0) break;
    const known = await client.hmgetBuffer(facts, ...ids);
    ids.forEach((id, i) => {
      const isBehind = from === undefined || Number(flat[2 * i + 1]) < from.lastAtMs || id < from.id;
      if (isBehind && known[i] != null && isNamed(filter, decodeFacts(known[i]))) found.push(id);
    });
  }
  return found.slice(0, most);
}

async function adding(client: Redis, tenant: string, refusals: readonly Refusal[]): Promise<Change<void>> {
  const ids = refusals.map(({ original }) => deadLetterIdOf(tenant, original));
  const known = await entriesOf(client, tenant, [...new Set(ids)]);
  // One that is gone by now is a change that came in between.
  const letters = new Map((await lettersOf(client, tenant, known.map(({ id }) => id))).flatMap((letter) => (letter === undefined ? [] : [[letter.id, letter] as const])));
  refusals.forEach((refusal, i) => letters.set(ids[i]!, refusedAgain(refusal, ids[i]!, letters.get(ids[i]!))));
  return {
    add: (transaction) => {
      for (const entry of known) drop(transaction, tenant, entry);
      for (const letter of letters.values()) keep(transaction, letter);
    },
    answer: undefined,
  };
}

/** Drops some of the oldest where there are too many; answers how many. */
async function makingRoom(client: Redis, tenant: string): Promise<Change<number>> {
  const { order } = deadLetterKeys(tenant);
  const tooMany = await client.zcard(order) - DEAD_LETTER_LIMITS.letters;
  let tooManyBytes = Number(await client.hget(DEAD_LETTER_BYTES_KEY, tenant)) - MOST_BYTES;
  if (tooMany <= 0 && tooManyBytes <= 0) return drops(tenant, []);
  const dropped: Entry[] = [];
  for (const entry of await entriesOf(client, tenant, await client.zrange(order, 0, AT_ONCE - 1))) {
    if (dropped.length >= tooMany && tooManyBytes <= 0) break;
    dropped.push(entry);
    tooManyBytes -= entry.bytes;
  }
  return drops(tenant, dropped);
}

async function dropping(client: Redis, tenant: string, ids: readonly string[]): Promise<Change<number>> {
  return drops(tenant, await entriesOf(client, tenant, [...new Set(ids)]));
}

const drops = (tenant: string, entries: readonly Entry[]): Change<number> => ({
  add: (transaction) => {
    for (const entry of entries) drop(transaction, tenant, entry);
  },
  answer: entries.length,
});

function keep(transaction: ChainableCommander, letter: DeadLetter): void {
  const { tenant, id, reason, lastAtMs } = letter;
  const keys = deadLetterKeys(tenant);
  const row = encodeLetter(letter);
  transaction.hset(keys.rows, id, row).hset(keys.facts, id, encodeFacts(letter)).zadd(keys.order, lastAtMs, id).hincrby(keys.totals, reason, 1).hincrby(DEAD_LETTER_BYTES_KEY, tenant, row.length);
}

function drop(transaction: ChainableCommander, tenant: string, { id, reason, bytes }: Entry): void {
  const keys = deadLetterKeys(tenant);
  transaction.hdel(keys.rows, id).hdel(keys.facts, id).zrem(keys.order, id).hincrby(keys.totals, reason, -1).hincrby(DEAD_LETTER_BYTES_KEY, tenant, -bytes);
}
