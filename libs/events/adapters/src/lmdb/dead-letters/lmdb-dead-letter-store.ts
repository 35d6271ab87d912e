import {
  DEAD_LETTER_LIMITS, DeadLetterStore, cursorOf, deadLetterIdOf, isDeadLetterId, isNamed, placeOfCursor, refusedAgain, type DeadLetter, type DeadLetterPage, type DeadLetterPlace,
  type DeadLetterQuery, type Refusal,
} from '@serendip/events-domain';
import { DomainError, isDomainError } from '@serendip/shared-errors';
import { open, type Database, type RootDatabase } from 'lmdb';
import { decodeFacts, decodeLetter, encodeFacts, encodeLetter } from '../../dead-letters/dead-letter-row.js';
import { disregardCommitError } from '../commit-error.js';
import { letterKey, orderKey, orderRange, placeOfKey } from './dead-letter-keys.js';

const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;
/** Rows of one transaction, which runs on the event loop. */
const AT_ONCE = 100;

interface Tables {
  readonly root: RootDatabase<Buffer, Buffer>;
  /** Rows by tenant and id. */
  readonly letters: Database<Buffer, Buffer>;
  /** What pages need of each row, by tenant and time. */
  readonly order: Database<Buffer, Buffer>;
  /** How many rows of each reason, by tenant. */
  readonly totals: Database<Buffer, Buffer>;
}

/** Dead letters in an LMDB environment of their own, opened when it is first needed: whatever is wrong with it is not the log's trouble. */
export class LmdbDeadLetterStore extends DeadLetterStore {
  private opened: Tables | undefined;

  constructor(private readonly path: string) {
    super();
  }

  async add(refusals: readonly Refusal[]): Promise<number> {
    let gone = 0;
    for (let at = 0; at < refusals.length; at += AT_ONCE) gone += await this.transact((tables) => addAll(tables, refusals.slice(at, at + AT_ONCE)));
    return gone;
  }

  async list(tenant: string, { limit, after, ...filter }: DeadLetterQuery): Promise<DeadLetterPage> {
    const from = after === undefined ? undefined : placeOfCursor(after);
    return this.read((tables) => {
      const letters: DeadLetter[] = [];
      for (const { place, facts } of newestFirst(tables, tenant, from)) {
        if (!isNamed(filter, facts)) continue;
        // There is another page only if there is another letter.
        if (letters.length >= limit) return { letters, totals: totalsOf(tables, tenant), next: cursorOf(letters.at(-1)!) };
        letters.push(decodeLetter(tables.letters.get(letterKey(tenant, place.id))!));
      }
      return { letters, totals: totalsOf(tables, tenant), next: undefined };
    });
  }

  async find(tenant: string, ids: readonly string[]): Promise<readonly (DeadLetter | undefined)[]> {
    return this.read((tables) => ids.map((id) => letterOf(tables, tenant, id)));
  }

  async remove(tenant: string, ids: readonly string[]): Promise<number> {
    let removed = 0;
    for (let at = 0; at < ids.length; at += AT_ONCE) removed += await this.transact((tables) => removeAll(tables, tenant, ids.slice(at, at + AT_ONCE)));
    return removed;
  }

  async expire(beforeMs: number): Promise<number> {
    const tenants = await this.read(({ totals }) => [...totals.getKeys()].map(String));
    let gone = 0;
    for (const tenant of tenants) {
      for (let removed = AT_ONCE; removed === AT_ONCE; gone += removed) {
        removed = await this.transact((tables) => removeAll(tables, tenant, oldest(tables, tenant, AT_ONCE).filter(({ lastAtMs }) => lastAtMs < beforeMs).map(({ id }) => id)));
      }
    }
    return gone;
  }

  async close(): Promise<void> {
    await this.opened?.root.close();
    this.opened = undefined;
  }

  private get tables(): Tables {
    this.opened ??= openTables(this.path);
    return this.opened;
  }

  private async read<T>(look: (tables: Tables) => T): Promise<T> {
    try {
      this.tables.root.resetReadTxn();
      return look(this.tables);
    } catch (cause) {
      throw failed(cause);
    }
  }

  private async transact<T>(change: (tables: Tables) => T): Promise<T> {
    try {
      return await this.tables.root.childTransaction(() => change(this.tables));
    } catch (cause) {
      disregardCommitError(cause);
      throw failed(cause);
    }
  }
}

/** Commits are on disk when they resolve, and nothing is batched by event turn, as in the log's environment. */
function openTables(path: string): Tables {
  const root = open<Buffer, Buffer>(path, { ...binary, overlappingSync: false, eventTurnBatching: false, maxDbs: 4 });
  const database = (name: string): Database<Buffer, Buffer> => root.openDB<Buffer, Buffer>({ ...binary, name });
  return { root, letters: database('letters'), order: database('order'), totals: database('totals') };
}

const failed = (cause: unknown): DomainError => (isDomainError(cause) ? cause : new DomainError('UNAVAILABLE', 'DEAD_LETTERS_FAILED', 'The dead letters can not be read or written now.', { cause }));

function letterOf({ letters }: Tables, tenant: string, id: string): DeadLetter | undefined {
  const row = isDeadLetterId(id) ? letters.get(letterKey(tenant, id)) : undefined;
  return row === undefined ? undefined : decodeLetter(row);
}

function totalsOf({ totals }: Tables, tenant: string): Map<string, number> {
  const bytes = totals.get(Buffer.from(tenant));
  return new Map(bytes === undefined ? [] : JSON.parse(bytes.toString()) as [string, number][]);
}

function* newestFirst({ order }: Tables, tenant: string, after: DeadLetterPlace | undefined) {
  const { start, end } = orderRange(tenant);
  const from = after === undefined ? end : orderKey(tenant, after);
  for (const { key, value } of order.getRange({ start: from, end: start, reverse: true })) {
    if (after === undefined || !key.equals(from)) yield { place: placeOfKey(tenant, key), facts: decodeFacts(value) };
  }
}

const oldest = ({ order }: Tables, tenant: string, limit: number): readonly DeadLetterPlace[] =>
  [...order.getKeys({ ...orderRange(tenant), limit })].map((key) => placeOfKey(tenant, key));

/** Within a transaction only. */
function addAll(tables: Tables, refusals: readonly Refusal[]): number {
  let gone = 0;
  for (const [tenant, own] of Map.groupBy(refusals, (refusal) => refusal.tenant)) {
    const totals = totalsOf(tables, tenant);
    for (const refusal of own) {
      const id = deadLetterIdOf(tenant, refusal.original);
      const before = letterOf(tables, tenant, id);
      if (before !== undefined) drop(tables, before, totals);
      keep(tables, refusedAgain(refusal, id, before), totals);
    }
    const tooMany = [...totals.values()].reduce((sum, count) => sum + count, 0) - DEAD_LETTER_LIMITS.letters;
    if (tooMany > 0) for (const { id } of oldest(tables, tenant, tooMany)) drop(tables, letterOf(tables, tenant, id)!, totals);
    gone += Math.max(0, tooMany);
    writeTotals(tables, tenant, totals);
  }
  return gone;
}

/** Within a transaction only. */
function removeAll(tables: Tables, tenant: string, ids: readonly string[]): number {
  const totals = totalsOf(tables, tenant);
  const found = [...new Set(ids)].flatMap((id) => letterOf(tables, tenant, id) ?? []);
  for (const letter of found) drop(tables, letter, totals);
  if (found.length > 0) writeTotals(tables, tenant, totals);
  return found.length;
}

function keep({ letters, order }: Tables, letter: DeadLetter, totals: Map<string, number>): void {
  const { tenant, id, reason } = letter;
  void letters.put(letterKey(tenant, id), encodeLetter(letter));
  void order.put(orderKey(tenant, letter), encodeFacts(letter));
  totals.set(reason, (totals.get(reason) ?? 0) + 1);
}

function drop({ letters, order }: Tables, letter: DeadLetter, totals: Map<string, number>): void {
  const { tenant, id, reason } = letter;
  void letters.remove(letterKey(tenant, id));
  void order.remove(orderKey(tenant, letter));
  const left = (totals.get(reason) ?? 0) - 1;
  if (left > 0) totals.set(reason, left);
  else totals.delete(reason);
}

function writeTotals({ totals }: Tables, tenant: string, counts: ReadonlyMap<string, number>): void {
  if (counts.size === 0) void totals.remove(Buffer.from(tenant));
  else void totals.put(Buffer.from(tenant), Buffer.from(JSON.stringify([...counts])));
}
