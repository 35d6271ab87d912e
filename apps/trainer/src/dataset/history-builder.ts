import type { VisitFields } from '@serendip/ranking-domain';
import type { CatalogueItem } from '@serendip/shared-catalogue';
import { hash64 } from '@serendip/shared-identity';
import type { History, ProfileChange } from './history.js';

const FIRST_CAPACITY = 1 << 16;
/** The newest interactions that are learned from: what they take, while they are put in order too, is below 2 GB. */
const MOST_INTERACTIONS = 20_000_000;
/** Contexts beyond so many different ones count as none: they say where someone is to the metre, and nothing is learned from that. */
const MOST_VISITS = 0xffff;
/** The newest profiles of a user that are kept. */
const MOST_PROFILES = 64;
const NO_PROFILE = new Uint8Array(0);
const NO_SESSION = { lo: 0, hi: 0 };

/** What happened to one item. */
export interface HistoryEvent {
  readonly type: number;
  /** NaN if none. */
  readonly value: number;
  readonly timeMs: number;
  readonly sessionId?: string;
  readonly visit?: VisitFields | undefined;
}

/**
 * Collects interactions in any order and answers the newest of them in event-time order; ties keep the order they came in. Memory is bounded: older
 * ones are forgotten when there are too many.
 */
export class HistoryBuilder {
  private readonly userNumbers = new Map<string, number>();
  private readonly itemNumbers = new Map<string, number>();
  private itemIds: string[] = [];
  private readonly users = new Map<string, string>();
  /** How many events there were when a user was last erased, by number: those before are nobody's. */
  private readonly erasedAt = new Map<number, number>();
  private size = 0;
  private user = new Int32Array(FIRST_CAPACITY);
  private item = new Int32Array(FIRST_CAPACITY);
  private type = new Uint8Array(FIRST_CAPACITY);
  private value = new Float32Array(FIRST_CAPACITY);
  private timeMs = new Float64Array(FIRST_CAPACITY);
  private sessionLo = new Uint32Array(FIRST_CAPACITY);
  private sessionHi = new Uint32Array(FIRST_CAPACITY);
  private visit = new Uint16Array(FIRST_CAPACITY);
  private readonly visits: (VisitFields | undefined)[] = [undefined];
  private readonly visitNumbers = new Map<string, number>();
  /** Changes of each user's profile in the order they came, by number. */
  private readonly profiles = new Map<number, ProfileChange[]>();
  private forgotten = 0;

  /** @param most how many interactions are kept; a quarter more are collected before the oldest of them are forgotten. */
  constructor(private readonly most = MOST_INTERACTIONS) {}

  /** @param userKey tells users and anonymous visitors apart. */
  add(userKey: string, itemId: string, event: HistoryEvent): void {
    if (this.size >= this.most * 1.25) this.forgetOldest();
    if (this.size === this.user.length) this.grow();
    const at = this.size++;
    this.user[at] = numberOf(this.userNumbers, userKey);
    const known = this.itemNumbers.get(itemId);
    if (known === undefined) {
      this.itemNumbers.set(itemId, this.itemIds.length);
      this.itemIds.push(itemId);
    }
    this.item[at] = known ?? this.itemIds.length - 1;
    this.type[at] = event.type;
    this.value[at] = event.value;
    this.timeMs[at] = event.timeMs;
    const { lo, hi } = event.sessionId ? hash64(event.sessionId) : NO_SESSION;
    this.sessionLo[at] = lo;
    this.sessionHi[at] = hi;
    this.visit[at] = this.visitNumber(event.visit);
  }

  /** A user's profile as it is from a time on, which is not before that of the last one: one change is made to what the other left. Only the newest are kept. */
  changeProfile(userKey: string, { timeMs, profile }: Omit<ProfileChange, 'user'>): void {
    const user = numberOf(this.userNumbers, userKey);
    const known = this.profiles.get(user) ?? [];
    known.push({ user, timeMs: Math.max(timeMs, known.at(-1)?.timeMs ?? -Infinity), profile });
    if (known.length > MOST_PROFILES) known.shift();
    this.profiles.set(user, known);
  }

  /** The newest profile of a user; empty for none. */
  profileOf(userKey: string): Uint8Array {
    const number = this.userNumbers.get(userKey);
    return (number === undefined ? undefined : this.profiles.get(number)?.at(-1)?.profile) ?? NO_PROFILE;
  }

  /** An anonymous visitor is a user, from its first event on; the first user that is named stays. */
  identify(visitorKey: string, userKey: string): void {
    if (!this.users.has(visitorKey)) this.users.set(visitorKey, userKey);
  }

  /** Forgets what a user, or an anonymous visitor, has done so far, and who and what that was. */
  erase(userKey: string): void {
    this.users.delete(userKey);
    const number = this.userNumbers.get(userKey);
    if (number === undefined) return;
    this.erasedAt.set(number, this.size);
    this.profiles.delete(number);
  }

  /** @param catalogue items that may be recommended; what happened to others is left out. */
  build(catalogue: ReadonlyMap<string, CatalogueItem>): History {
    if (this.size > this.most) this.forgetOldest();
    const items = [...catalogue.values()];
    const row = new Map(items.map(({ id }, i) => [id, i]));
    const rowOf = Int32Array.from(this.itemIds, (id) => row.get(id) ?? -1);
    const kept = Uint32Array.from({ length: this.size }, (_, i) => i).filter((i) => rowOf[this.item[i]!]! >= 0 && i >= (this.erasedAt.get(this.user[i]!) ?? 0));
    const { timeMs } = this;
    const userOf = this.mergedUsers();
    const order = kept.sort((a, b) => timeMs[a]! - timeMs[b]! || a - b);
    return {
      items,
      users: this.userNumbers.size,
      user: Int32Array.from(order, (i) => userOf[this.user[i]!]!),
      item: Int32Array.from(order, (i) => rowOf[this.item[i]!]!),
      type: Uint8Array.from(order, (i) => this.type[i]!),
      value: Float32Array.from(order, (i) => this.value[i]!),
      timeMs: Float64Array.from(order, (i) => this.timeMs[i]!),
      sessionLo: Uint32Array.from(order, (i) => this.sessionLo[i]!),
      sessionHi: Uint32Array.from(order, (i) => this.sessionHi[i]!),
      visit: Uint16Array.from(order, (i) => this.visit[i]!),
      visits: this.visits,
      profiles: [...this.profiles.values()].flat().map((change) => ({ ...change, user: userOf[change.user]! })).sort((a, b) => a.timeMs - b.timeMs),
      forgotten: this.forgotten,
    };
  }

  /** The number of the user that each number stands for. */
  private mergedUsers(): Int32Array {
    const merged = Int32Array.from({ length: this.userNumbers.size }, (_, number) => number);
    const numbers = new Map(this.userNumbers);
    for (const [visitor, user] of this.users) {
      const own = numbers.get(visitor);
      if (own === undefined) continue;
      const known = numbers.get(user);
      if (known === undefined) numbers.set(user, own);
      else merged[own] = known;
    }
    return merged;
  }

  private visitNumber(visit: VisitFields | undefined): number {
    if (visit === undefined) return 0;
    const { device, locale, country, attributes } = visit;
    const values = Object.keys(attributes).sort().map((name) => [name, attributes[name]!.value.case, attributes[name]!.value.value]);
    const key = JSON.stringify([device, locale, country, values]);
    const known = this.visitNumbers.get(key);
    if (known !== undefined) return known;
    if (this.visits.length > MOST_VISITS) return 0;
    this.visitNumbers.set(key, this.visits.length);
    return this.visits.push(visit) - 1;
  }

  /** Keeps the newest, in the order they came in; of those that happened with the last of them, the ones that came first. */
  private forgetOldest(): void {
    const { most, size } = this;
    const times = this.timeMs.slice(0, size).sort();
    const oldest = times[size - most]!;
    let ties = 0;
    for (let i = size - most; i < size && times[i] === oldest; i++) ties++;
    const kept = new Uint32Array(most);
    let n = 0;
    for (let i = 0; i < size; i++) if (this.timeMs[i]! > oldest || (this.timeMs[i] === oldest && ties-- > 0)) kept[n++] = i;
    for (const column of [this.user, this.item, this.type, this.value, this.timeMs, this.sessionLo, this.sessionHi, this.visit]) kept.forEach((from, to) => { column[to] = column[from]!; });
    for (const [user, at] of this.erasedAt) this.erasedAt.set(user, countBelow(kept, at));
    this.forgotten += size - most;
    this.size = most;
  }

  private grow(): void {
    const larger = <T extends Int32Array | Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array>(column: T): T => {
      const copy = new (column.constructor as new (length: number) => T)(column.length * 2);
      copy.set(column);
      return copy;
    };
    this.user = larger(this.user);
    this.item = larger(this.item);
    this.type = larger(this.type);
    this.value = larger(this.value);
    this.timeMs = larger(this.timeMs);
    this.sessionLo = larger(this.sessionLo);
    this.sessionHi = larger(this.sessionHi);
    this.visit = larger(this.visit);
  }
}

/** How many of ascending numbers are below a limit. */
function countBelow(ascending: Uint32Array, limit: number): number {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ascending[middle]! < limit) from = middle + 1;
    else to = middle;
  }
  return from;
}

function numberOf(numbers: Map<string, number>, key: string): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}
