import { PARTITIONS } from '@serendip/shared-identity';
import { isDomainError } from '@serendip/shared-errors';
import { staleOwner } from '../memory-state-store.js';
import type { FoundState, PartitionCommit, PartitionHead, PartitionStore, WantedState } from '../partition-store.js';
import type { UserKey } from '../state-reader.js';
import { KeptRecords } from './kept-records.js';
import { WaitingCommit, entriesOf } from './waiting-commit.js';

/** A partition with more entries than that is written at once: what waits stays cheap to look through. */
const MOST_ENTRIES = 64;
/** Records that are kept in memory of each partition, twice at most: 64 MiB of all of them. */
const MOST_KEPT_BYTES = (64 * 2 ** 20) / PARTITIONS / 2;

interface Slot {
  /** The newest head, once it is known. */
  newest: PartitionHead | undefined;
  /** Seen, and not written. */
  waiting: WaitingCommit | undefined;
  /** Seen, and being written. */
  writing: WaitingCommit | undefined;
  /** Settles, well in any case, with the write. */
  underWay: Promise<void> | undefined;
  /** Whether the write has something in it that nobody has seen. */
  isPassing: boolean;
  /** How often another generation has become the live one: what was begun before is of the one that was. */
  switches: number;
  /** What was read of the users, as it is seen now. Nothing while `newest` is not known: others may write then. */
  readonly kept: KeptRecords;
}

const nothing = (): void => undefined;

/**
 * Partitions whose small commits are seen at once and written later, several as one. Large ones, and those that change items, remove
 * records or have something for other partitions, are written before they are seen, together with what waits.
 */
export class WriteBehindPartitions implements PartitionStore {
  private readonly slots: readonly Slot[] = Array.from({ length: PARTITIONS }, () => ({
    newest: undefined, waiting: undefined, writing: undefined, underWay: undefined, isPassing: false, switches: 0, kept: new KeptRecords(MOST_KEPT_BYTES),
  }));
  private onStale: (partition: number) => void = nothing;

  constructor(private beneath: PartitionStore) {}

  /** Names who is told when the store is found not to be where a partition was left; what waited of it was dropped. */
  whenStale(listener: (partition: number) => void): void {
    this.onStale = listener;
  }

  async head(partition: number): Promise<PartitionHead> {
    return this.slots[partition]!.newest ?? this.beneath.head(partition);
  }

  /** The record of a user, if it is not written yet, or kept. */
  user(partition: number, key: UserKey): Uint8Array | undefined {
    const { waiting, writing, kept } = this.slots[partition]!;
    return waiting?.user(key) ?? writing?.user(key) ?? kept.get(key);
  }

  /** To be asked for before records are read from beneath, and called with each: it is kept if nothing has changed since, and nobody else writes the partition. */
  keeper(partition: number): (key: UserKey, record: Uint8Array) => void {
    const slot = this.slots[partition]!;
    const { newest } = slot;
    return newest === undefined ? nothing : (key, record) => { if (slot.newest === newest) slot.kept.keep(key, record); };
  }

  async find(partition: number, wanted: WantedState): Promise<FoundState> {
    // Taken before what is beneath is read, so that nothing is missed that is written meanwhile.
    const slot = this.slots[partition]!;
    const { waiting, writing, switches } = slot;
    const found = await this.beneath.find(partition, wanted);
    if (slot.switches !== switches) return this.find(partition, wanted);
    const written = writing?.over(found, wanted) ?? found;
    return waiting?.over(written, wanted) ?? written;
  }

  async commit(partition: number, expectedCursor: number, commit: PartitionCommit): Promise<void> {
    const slot = this.slots[partition]!;
    const { switches } = slot;
    // Whatever is waited for, others may have gone on meanwhile: it is looked at again.
    while (slot.newest === undefined || isBlocked(commit, slot)) await (slot.newest === undefined ? this.learn(partition) : slot.underWay);
    const { cursor } = slot.newest;
    // What it was made from was found in the generation before, though the cursor may be the same.
    if (cursor !== expectedCursor || slot.switches !== switches) throw staleOwner(partition, cursor, expectedCursor);
    if (!canWait(commit, slot)) return this.write(partition, { from: expectedCursor, commit });
    slot.waiting = slot.waiting?.and(commit) ?? new WaitingCommit(expectedCursor, commit);
    this.seen(slot, commit);
  }

  /** Writes what waits of some partitions. What can not be written waits on, unless somebody else owns its partition. Throws the first failure. */
  async flush(partitions: readonly number[]): Promise<void> {
    const results = await Promise.allSettled(partitions.map((partition) => this.flushOne(partition)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Goes on over another store that is where this one is seen to be, or further; nothing may be committed meanwhile. */
  async switchTo(beneath: PartitionStore): Promise<void> {
    const busy = (): Promise<void> | undefined => this.slots.find(({ underWay }) => underWay !== undefined)?.underWay;
    for (let underWay = busy(); underWay !== undefined; underWay = busy()) await underWay;
    this.beneath = beneath;
    for (const slot of this.slots) {
      slot.switches++;
      this.drop(slot);
    }
  }

  /** Another generation of a partition is live beneath: what was seen of the one before is dropped, and whoever asked to be told of stale ones hears of it. */
  switched(partition: number): void {
    const slot = this.slots[partition]!;
    slot.switches++;
    slot.writing = undefined;
    this.dropStale(partition);
  }

  /** How often another generation of a partition has become the live one. */
  switchesOf(partition: number): number {
    return this.slots[partition]!.switches;
  }

  /** Forgets what is known of a partition and not written, once nothing of it is under way: it is another's, or read anew from beneath. */
  async forget(partition: number): Promise<void> {
    const slot = this.slots[partition]!;
    while (slot.underWay !== undefined) await slot.underWay;
    this.drop(slot);
  }

  /** Looks whether partitions of which nothing waits are where they were left, and tells of those that are not: nobody else notices while nothing is written. */
  async check(partitions: readonly number[]): Promise<void> {
    await Promise.all(partitions.map((partition) => this.checkOne(partition)));
  }

  private async checkOne(partition: number): Promise<void> {
    const slot = this.slots[partition]!;
    const { newest } = slot;
    if (newest === undefined || !isIdle(slot)) return;
    const { cursor } = await this.beneath.head(partition);
    if (cursor !== newest.cursor && slot.newest === newest && isIdle(slot)) this.dropStale(partition);
  }

  private async flushOne(partition: number): Promise<void> {
    const slot = this.slots[partition]!;
    while (slot.underWay !== undefined) await slot.underWay;
    if (slot.waiting !== undefined) await this.write(partition);
  }

  /** Nothing else of the partition is under way. */
  private async write(partition: number, passing?: { readonly from: number; readonly commit: PartitionCommit }): Promise<void> {
    const slot = this.slots[partition]!;
    const { waiting, switches } = slot;
    const all = passing === undefined ? waiting! : waiting?.and(passing.commit) ?? new WaitingCommit(passing.from, passing.commit);
    const writing = this.beneath.commit(partition, all.from, { ...all.commit, items: passing?.commit.items ?? [], outgoing: passing?.commit.outgoing ?? [] });
    Object.assign(slot, { waiting: undefined, writing: waiting, underWay: writing.then(nothing, nothing), isPassing: passing !== undefined });
    try {
      await writing;
      if (passing !== undefined && slot.switches === switches) this.seen(slot, passing.commit);
    } catch (error) {
      if (slot.switches === switches) this.keepWaiting(partition, waiting, error);
      throw error;
    } finally {
      Object.assign(slot, { writing: undefined, underWay: undefined, isPassing: false });
    }
  }

  /** After a failed write: what waited waits on, before what has come since; nothing of it when somebody else has applied it. */
  private keepWaiting(partition: number, failed: WaitingCommit | undefined, error: unknown): void {
    const slot = this.slots[partition]!;
    if (isDomainError(error) && error.reason === 'STALE_OWNER') this.dropStale(partition);
    else if (failed !== undefined) slot.waiting = slot.waiting === undefined ? failed : failed.and(slot.waiting.commit);
  }

  private dropStale(partition: number): void {
    this.drop(this.slots[partition]!);
    this.onStale(partition);
  }

  private seen(slot: Slot, { head, users }: PartitionCommit): void {
    slot.newest = head;
    for (const { key, record } of users) slot.kept.replace(key, record);
  }

  private drop(slot: Slot): void {
    slot.waiting = slot.newest = undefined;
    slot.kept.clear();
  }

  private async learn(partition: number): Promise<void> {
    const head = await this.beneath.head(partition);
    this.slots[partition]!.newest ??= head;
  }
}

/** Whether all that was seen is written. */
const isIdle = ({ waiting, underWay }: Slot): boolean => waiting === undefined && underWay === undefined;

/** Whether a commit would overtake what is under way. */
function isBlocked(commit: PartitionCommit, slot: Slot): boolean {
  return slot.underWay !== undefined && (slot.isPassing || !canWait(commit, slot));
}

/** Whether a commit may be written later. */
function canWait(commit: PartitionCommit, { waiting }: Slot): boolean {
  if (commit.items.length > 0 || commit.outgoing.length > 0 || commit.users.some(({ record }) => record === undefined)) return false;
  return entriesOf(commit) + (waiting === undefined ? 0 : entriesOf(waiting.commit)) <= MOST_ENTRIES;
}
