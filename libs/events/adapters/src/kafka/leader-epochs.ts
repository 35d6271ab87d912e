import { DomainError } from '@serendip/shared-errors';
import { MAX_EPOCH, epochOf, positionOf, sequenceOf, type StoredRecord } from '@serendip/events-domain';
import type { KafkaTopic, TopicRecord } from './kafka-topic.js';

/** Enough for the batch that a record is in: answers hold one whole batch, however small this is. */
const oneBatch = 1;

/** The position of the record that a leader of an epoch (from 0) wrote at an offset. FAILED_PRECONDITION/LOG_EPOCHS_EXHAUSTED after 8,190 epochs. */
function positionAt(leaderEpoch: number, offset: number): number {
  if (leaderEpoch >= MAX_EPOCH) throw new DomainError('FAILED_PRECONDITION', 'LOG_EPOCHS_EXHAUSTED', 'The leader of a partition of the log has changed too often: replay it into a new topic.');
  return positionOf(leaderEpoch + 1, offset);
}

export function storedRecords(records: readonly TopicRecord[]): readonly StoredRecord[] {
  return records.map(({ offset, leaderEpoch, value }) => ({ position: positionAt(leaderEpoch, offset), bytes: value }));
}

/**
 * Knows which leader epoch wrote what. Kafka names a record for ever by that and its offset: an offset that was lost may be used
 * again, but by a later leader only.
 */
export class LeaderEpochs {
  /** By partition: a record and the epoch it was written in. */
  private readonly known = new Map<number, { readonly leaderEpoch: number; readonly offset: number }>();

  constructor(private readonly topic: KafkaTopic) {}

  /** The position of a committed record of each partition, by its offset. What is gone counts as written by the latest leader. */
  async positions(offsets: ReadonlyMap<number, number>): Promise<ReadonlyMap<number, number>> {
    const guesses = [...offsets].flatMap(([partition, offset]) => {
      const known = this.known.get(partition);
      return known !== undefined && known.offset <= offset ? [[partition, known.leaderEpoch] as const] : [];
    });
    const ends = guesses.length === 0 ? undefined : await this.topic.epochEnds(new Map(guesses));
    const positions = await Promise.all([...offsets].map(async ([partition, offset]) => {
      const end = ends?.get(partition);
      const known = this.known.get(partition);
      const still = end !== undefined && end.leaderEpoch === known?.leaderEpoch && offset < end.endOffset;
      const leaderEpoch = still ? end.leaderEpoch : await this.lookUp(partition, offset);
      this.note(partition, leaderEpoch, offset);
      return [partition, positionAt(leaderEpoch, offset)] as const;
    }));
    return new Map(positions);
  }

  /** The offset at which the records from a position on begin, where `end` is the end of its partition: not its own when what was before it has been lost since. */
  async offsetOf(partition: number, position: number, end: number): Promise<number> {
    if (epochOf(position) === 0) return 0;
    if (epochOf(position) >= epochOf(end)) return sequenceOf(position);
    return Math.min(sequenceOf(position), await this.endOf(partition, epochOf(position)));
  }

  /** Whether what was at an offset before an end is lost. */
  async lost(partition: number, offset: number, end: number): Promise<boolean> {
    return (await this.endOf(partition, epochOf(end))) <= offset;
  }

  private async endOf(partition: number, epoch: number): Promise<number> {
    return (await this.topic.epochEnds(new Map([[partition, epoch - 1]]))).get(partition)!.endOffset;
  }

  private note(partition: number, leaderEpoch: number, offset: number): void {
    if ((this.known.get(partition)?.offset ?? -1) < offset) this.known.set(partition, { leaderEpoch, offset });
  }

  private async lookUp(partition: number, offset: number): Promise<number> {
    const { records } = await this.topic.fetch(partition, offset, oneBatch);
    const [record] = records;
    if (record !== undefined && record.offset === offset) return record.leaderEpoch;
    return this.topic.leaderEpochOf(partition);
  }
}
