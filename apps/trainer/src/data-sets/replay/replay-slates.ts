import type { ParquetArchive } from '@serendip/events-adapters';
import type { UserKey } from '@serendip/features-domain';
import { events, fromBinary } from '@serendip/shared-contracts';
import { PARTITIONS, anonymousEntity, userEntity } from '@serendip/shared-identity';
import { UserStateView } from '@serendip/shared-layouts';
import { throwIfCancelled, type CancelSignal } from '@serendip/training-domain';
import type { ServedRow } from '../export/event-row.js';
import { ReplayedState, type ReplayedRecord } from './replayed-state.js';

export interface ReplayTask {
  readonly tenant: string;
  readonly archive: ParquetArchive;
  readonly state: ReplayedState;
  readonly slates: readonly ServedRow[];
  /** Called for each slate whose user state could be made again, with it, when items are as they were. */
  readonly onSlate: (slate: ServedRow, userState: Uint8Array) => Promise<void>;
  readonly onProgress: (share: number) => void;
  readonly signal: CancelSignal;
}

interface Waiting {
  readonly slate: ServedRow;
  readonly key: UserKey;
  userState: Uint8Array | undefined;
  /** Whether items have come to the time that the slate is of. */
  isDue: boolean;
}

const PAGE = 500;
const NOBODY = new Uint8Array(0);
const placeOf = (partition: number, position: number): string => `${partition}.${position}`;

/**
 * Replays the archive in the order in which records were received, and stops at each slate: its user's state is that of the very
 * position that the slate was made from, items are as of the time that its features are of. A slate of a visitor that was a user by then is
 * passed over: its state is in another partition.
 */
export async function replaySlates({ tenant, archive, state, slates, onSlate, onProgress, signal }: ReplayTask): Promise<void> {
  const waiting = slates.map((slate): Waiting => ({
    slate, key: { tenant, entity: slate.user_id === undefined ? anonymousEntity(slate.anonymous_id ?? '') : userEntity(slate.user_id) }, userState: slate.served_state_position === 0 ? NOBODY : undefined, isDue: false,
  })).sort((a, b) => (a.slate.served_as_of ?? 0) - (b.slate.served_as_of ?? 0));
  const captures = Map.groupBy(waiting.filter(({ userState }) => userState === undefined), ({ slate }) => placeOf(slate.log_partition, slate.served_state_position ?? -1));
  let due = 0;
  let done = 0;
  const settle = async (each: Waiting): Promise<void> => {
    if (!each.isDue || each.userState === undefined) return;
    await onSlate(each.slate, each.userState);
    onProgress(++done / waiting.length);
  };
  for await (const record of inOrder(archive)) {
    throwIfCancelled(signal);
    for (; due < waiting.length && (waiting[due]!.slate.served_as_of ?? 0) < record.event.receivedAtMs; due++) {
      waiting[due]!.isDue = true;
      await settle(waiting[due]!);
    }
    await state.apply(record);
    for (const each of captures.get(placeOf(record.partition, record.position)) ?? []) {
      const userState = await state.user(each.key);
      if (userState.length === 0 || new UserStateView(userState).position !== record.position) continue;
      each.userState = userState;
      await settle(each);
    }
    if (due === waiting.length && done === waiting.length) return;
  }
  for (; due < waiting.length; due++) {
    waiting[due]!.isDue = true;
    await settle(waiting[due]!);
  }
}

/** Records of all partitions by the time they were received, those of each in its own order. */
async function* inOrder(archive: ParquetArchive): AsyncGenerator<ReplayedRecord> {
  const heads = await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => PartitionHead.open(archive, partition)));
  const open = heads.filter((head) => head.record !== undefined);
  while (open.length > 0) {
    let first = open[0]!;
    for (const head of open) if (head.atMs < first.atMs) first = head;
    yield first.record!;
    if (!(await first.next())) open.splice(open.indexOf(first), 1);
  }
}

/** The next record of a partition. */
class PartitionHead {
  record: ReplayedRecord | undefined;
  /** Never goes back within a partition: what was forwarded keeps its old time, and its place. */
  atMs = 0;
  private page: ReplayedRecord[] = [];
  private place = 0;
  private position = 0;

  private constructor(private readonly archive: ParquetArchive, private readonly partition: number) {}

  static async open(archive: ParquetArchive, partition: number): Promise<PartitionHead> {
    const head = new PartitionHead(archive, partition);
    await head.next();
    return head;
  }

  async next(): Promise<boolean> {
    while (this.place >= this.page.length) {
      const { records, next } = await this.archive.read(this.partition, this.position, PAGE);
      if (next <= this.position) {
        this.record = undefined;
        return false;
      }
      this.position = next;
      this.page = records.flatMap(({ position, bytes }) => eventAt(this.partition, position, bytes));
      this.place = 0;
    }
    this.record = this.page[this.place++]!;
    this.atMs = Math.max(this.atMs, this.record.event.receivedAtMs);
    return true;
  }
}

/** What is no event is passed over, as the feature store does. */
function eventAt(partition: number, position: number, bytes: Uint8Array): ReplayedRecord[] {
  try {
    return [{ partition, position, event: fromBinary(events.EventSchema, bytes) }];
  } catch {
    return [];
  }
}
