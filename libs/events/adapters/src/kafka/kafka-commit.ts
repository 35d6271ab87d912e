import type { LogRecord } from '@serendip/events-domain';
import type { Message } from './idempotent-producer.js';

/** What one batch of a partition may have, and all that is sent at once; a record that is larger goes by itself. */
const batchBytes = 512 * 1024;
const requestBytes = 8 * 1024 * 1024;

/** What is sent at once, with the place of each message among all records. */
export interface CommitPart {
  readonly messages: Message[];
  readonly indices: number[];
}

/** What one commit does: collects first, is sent in as few parts as sizes allow, and tells the positions once all are written. */
export class KafkaCommit {
  private readonly records: LogRecord[] = [];
  private readonly positions: number[] = [];
  private readonly nexts = new Map<number, number>();

  constructor(private readonly topic: string) {}

  /** What tells the positions of the records, once all parts are written. */
  append(records: readonly LogRecord[]): () => readonly number[] {
    const at = this.records.length;
    for (const record of records) this.records.push(record);
    return () => this.positions.slice(at, at + records.length);
  }

  /** Parts to send one after the other: the records of a partition stay in order. */
  *parts(): Generator<CommitPart> {
    let part: CommitPart = { messages: [], indices: [] };
    let [bytes, byPartition] = [0, new Map<number, number>()];
    for (const [index, record] of this.records.entries()) {
      const inBatch = byPartition.get(record.partition) ?? 0;
      const size = record.bytes.length;
      if (bytes > 0 && (bytes + size > requestBytes || (inBatch > 0 && inBatch + size > batchBytes))) {
        yield part;
        part = { messages: [], indices: [] };
        [bytes, byPartition] = [0, new Map()];
      }
      part.messages.push(this.messageOf(record));
      part.indices.push(index);
      bytes += size;
      byPartition.set(record.partition, (byPartition.get(record.partition) ?? 0) + size);
    }
    if (part.messages.length > 0) yield part;
  }

  /** Takes note of the position of the first record that a part has in each partition. */
  written({ indices }: CommitPart, starts: ReadonlyMap<number, number>): void {
    for (const [partition, position] of starts) this.nexts.set(partition, position);
    for (const index of indices) {
      const { partition } = this.records[index]!;
      const position = this.nexts.get(partition)!;
      this.positions[index] = position;
      this.nexts.set(partition, position + 1);
    }
  }

  /** The position after the last record of each partition that has one. */
  ends(): Iterable<readonly [partition: number, end: number]> {
    return this.nexts;
  }

  private messageOf({ partition, bytes }: LogRecord): Message {
    return { topic: this.topic, partition, value: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  }
}
