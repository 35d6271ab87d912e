import type { Hash64 } from '@serendip/shared-identity';
import type { FoundState, PartitionCommit, WantedState } from '../partition-store.js';
import type { ItemKey, UserKey } from '../state-reader.js';

/** A commit of records and dedupe entries: no items, and nothing for other partitions. */
export type RecordsCommit = Omit<PartitionCommit, 'items' | 'outgoing'>;

const isSameUser = (a: UserKey, b: UserKey): boolean => a.entity === b.entity && a.tenant === b.tenant;
const isSameHash = (a: Hash64, b: Hash64): boolean => a.lo === b.lo && a.hi === b.hi;
const isSameItem = (a: ItemKey, b: ItemKey): boolean => isSameHash(a, b) && a.tenant === b.tenant;

/** Entries of one list, without those that a later one has too, then those of the later. */
function replaced<T>(list: readonly T[], later: readonly T[], isSame: (a: T, b: T) => boolean): T[] {
  return [...list.filter((entry) => !later.some((other) => isSame(entry, other))), ...later];
}

/** How many entries a commit has: what it costs to look through it. */
export const entriesOf = ({ users, statistics, events, imports }: RecordsCommit): number => users.length + statistics.length + events.length + imports.length;

/** Commits of one partition that are seen and not written yet, as one. It is never changed. */
export class WaitingCommit {
  /** @param from the cursor that the first of them began with */
  constructor(readonly from: number, readonly commit: RecordsCommit) {}

  /** With what was committed next. */
  and(later: RecordsCommit): WaitingCommit {
    const { commit } = this;
    return new WaitingCommit(this.from, {
      head: later.head,
      users: replaced(commit.users, later.users, (a, b) => isSameUser(a.key, b.key)),
      statistics: replaced(commit.statistics, later.statistics, (a, b) => isSameItem(a.key, b.key)),
      imports: replaced(commit.imports, later.imports, (a, b) => a.importId === b.importId),
      events: [...commit.events, ...later.events],
    });
  }

  /** The record of a user that was changed. */
  user(key: UserKey): Uint8Array | undefined {
    return this.commit.users.find((entry) => isSameUser(entry.key, key))?.record;
  }

  /** What was found beneath, as it is with this. */
  over(found: FoundState, wanted: WantedState): FoundState {
    const { head, statistics, events, imports } = this.commit;
    return {
      ...found,
      head,
      users: wanted.users.map((key, i) => this.user(key) ?? found.users[i]),
      statistics: wanted.statistics.map((key, i) => statistics.find((entry) => isSameItem(entry.key, key))?.row ?? found.statistics[i]),
      events: wanted.events.map((hash, i) => events.findLast((entry) => isSameHash(entry.hash, hash))?.hour ?? found.events[i]),
      imports: wanted.imports.map((id, i) => imports.find(({ importId }) => importId === id)?.cursor ?? found.imports[i]),
    };
  }
}
