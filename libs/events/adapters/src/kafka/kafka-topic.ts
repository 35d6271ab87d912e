import { fetchV13, findErrorBy, offsetForLeaderEpochV4, type ClusterTopicMetadata, type Connection, type RecordsBatch } from '@platformatic/kafka';
import type { KafkaConnection } from './kafka-connection.js';

/** A record as Kafka keeps it. */
export interface TopicRecord {
  readonly offset: number;
  /** The epoch of the leader that wrote it: together with the offset it names one record for ever. */
  readonly leaderEpoch: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array;
}

/** What a fetch brought; `next` is the offset to go on at. */
export interface Fetched {
  readonly records: readonly TopicRecord[];
  readonly next: number;
}

/** Where a leader epoch ends in a partition: the offset after its last record. */
export interface EpochEnd {
  readonly leaderEpoch: number;
  readonly endOffset: number;
}

const isControl = 1 << 5;
/** Isolation level (no transactions are used), session and its epoch. */
const sessionless = [0, 0, -1] as const;
const latest = -1n;
const earliest = -2n;
/** Of a partition, and of all together, when it is asked for what is new. */
const newsBytes = 256 * 1024;
const mostNewsBytes = 4 * 1024 * 1024;
const none = new Uint8Array();

/** What can be asked of the partitions of one topic. Nothing is retried here. */
export class KafkaTopic {
  constructor(private readonly connection: KafkaConnection, readonly name: string) {}

  /** Committed records of a partition from an offset on, about as many bytes as asked for and at least one batch; none at its end. */
  async fetch(partition: number, offset: number, bytes: number): Promise<Fetched> {
    try {
      const [answer] = await this.fetchAt(await this.leaderOf(partition), new Map([[partition, offset]]), { bytes, mostBytes: bytes, waitMs: 0 });
      return recordsOf(answer?.records ?? [], offset);
    } catch (error) {
      if (!isOutOfRange(error)) throw error;
      const begin = (await this.offsets([partition], earliest)).get(partition)!;
      return begin > offset ? this.fetch(partition, begin, bytes) : { records: [], next: offset };
    }
  }

  /** What is committed after these offsets in partitions that a broker leads, as soon as there is something, or nothing after a time. */
  async fetchNews(node: number, since: ReadonlyMap<number, number>, waitMs: number): Promise<ReadonlyMap<number, Fetched>> {
    const answers = await this.fetchAt(node, since, { bytes: newsBytes, mostBytes: mostNewsBytes, waitMs });
    return new Map(answers.map(({ partitionIndex, records }) => [partitionIndex, recordsOf(records ?? [], since.get(partitionIndex)!)]));
  }

  /** The committed end of partitions. */
  ends(partitions: readonly number[]): Promise<ReadonlyMap<number, number>> {
    return this.offsets(partitions, latest);
  }

  /** The partitions by the broker that leads them. */
  async leaders(): Promise<ReadonlyMap<number, readonly number[]>> {
    const byLeader = new Map<number, number[]>();
    (await this.metadata()).partitions.forEach(({ leader }, partition) => byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition]));
    return byLeader;
  }

  /** By partition, the latest epoch that is not after the one asked for, and where it ends. */
  async epochEnds(epochs: ReadonlyMap<number, number>): Promise<ReadonlyMap<number, EpochEnd>> {
    const ends = new Map<number, EpochEnd>();
    await this.atLeaders([...epochs.keys()], async (connection, partitions) => {
      const asked = partitions.map((partition) => ({ partitionIndex: partition, currentLeaderEpoch: -1, leaderEpoch: epochs.get(partition)! }));
      const { topics } = await offsetForLeaderEpochV4.api.async(connection, -1, [{ name: this.name, partitions: asked }]);
      for (const { partition, leaderEpoch, endOffset } of topics[0]?.partitions ?? []) ends.set(partition, { leaderEpoch, endOffset: Number(endOffset) });
    });
    return ends;
  }

  /** The epoch of the partition's leader. */
  async leaderEpochOf(partition: number): Promise<number> {
    return (await this.metadata()).partitions[partition]!.leaderEpoch;
  }

  private async offsets(partitions: readonly number[], timestamp: bigint): Promise<ReadonlyMap<number, number>> {
    const [topic] = await this.connection.client.listOffsets({ topics: [{ name: this.name, partitions: partitions.map((partitionIndex) => ({ partitionIndex, timestamp })) }] });
    return new Map(topic!.partitions.map(({ partitionIndex, offset }) => [partitionIndex, Number(offset)]));
  }

  private async leaderOf(partition: number): Promise<number> {
    return (await this.metadata()).partitions[partition]!.leader;
  }

  private async metadata(): Promise<ClusterTopicMetadata> {
    return (await this.connection.client.metadata({ topics: [this.name] })).topics.get(this.name)!;
  }

  private async atLeaders(partitions: readonly number[], action: (connection: Connection, partitions: readonly number[]) => Promise<void>): Promise<void> {
    const asked = new Set(partitions);
    await Promise.all([...(await this.leaders())].map(async ([node, led]) => {
      const own = led.filter((partition) => asked.has(partition));
      if (own.length > 0) await action(await this.connection.to(node), own);
    }));
  }

  private async fetchAt(node: number, offsets: ReadonlyMap<number, number>, { bytes, mostBytes, waitMs }: { readonly bytes: number; readonly mostBytes: number; readonly waitMs: number }) {
    const partitions = [...offsets].map(([partition, offset]) => ({ partition, fetchOffset: BigInt(offset), currentLeaderEpoch: -1, lastFetchedEpoch: -1, partitionMaxBytes: bytes }));
    const { id: topicId } = await this.metadata();
    const { responses } = await fetchV13.api.async(await this.connection.to(node), waitMs, 1, mostBytes, ...sessionless, [{ topicId, partitions }], [], '');
    return responses[0]?.partitions ?? [];
  }
}

/** An offset before the first one that is kept, or beyond the last one that was written. */
export function isOutOfRange(error: unknown): boolean {
  return error instanceof Error && findErrorBy(error, 'apiId', 'OFFSET_OUT_OF_RANGE') !== null;
}

function recordsOf(batches: readonly RecordsBatch[], from: number): Fetched {
  const records: TopicRecord[] = [];
  let next = from;
  for (const { firstOffset, lastOffsetDelta, partitionLeaderEpoch, attributes, records: batch } of batches) {
    const first = Number(firstOffset);
    next = Math.max(next, first + lastOffsetDelta + 1);
    if ((attributes & isControl) !== 0) continue;
    for (const { offsetDelta, key, value } of batch) {
      if (first + offsetDelta >= from) records.push({ offset: first + offsetDelta, leaderEpoch: partitionLeaderEpoch, key, value: value ?? none });
    }
  }
  return { records, next };
}
