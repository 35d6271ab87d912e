import type { Member, PartitionStore } from '@serendip/features-domain';
import { recordsBetween } from '@serendip/events-domain';
import type { CallContext } from '@serendip/platform-grpc';
import type { features, MessageInitShape } from '@serendip/shared-contracts';
import { PARTITIONS } from '@serendip/shared-identity';
import type { LogFollower } from './log-follower.service.js';
import type { Ownership } from './ownership.js';
import { askedFor, type Peers } from './peers.js';

export type Progress = MessageInitShape<typeof features.PartitionProgressSchema>;

export interface ProgressParts {
  readonly follower: LogFollower;
  readonly store: Pick<PartitionStore, 'head'>;
  readonly peers: Peers;
  readonly ownership: Ownership | undefined;
  readonly self: Member;
}

/** Who owns each partition and how far it has been applied. */
export class PartitionsProgress {
  constructor(private readonly parts: ProgressParts) {}

  /** The address of each partition's owner, '' for nobody; none where this process has all of them. */
  owners(): readonly string[] {
    const { ownership } = this.parts;
    return ownership === undefined ? [] : Array.from({ length: PARTITIONS }, (_, partition) => ownership.ownerOf(partition)?.address ?? '');
  }

  /** Partitions that this replica has. */
  owned(): readonly Progress[] {
    const nowMs = Date.now();
    const { self: { address: owner } } = this.parts;
    return this.parts.follower.owned.map((runner) => ({
      partition: runner.partition, cursor: runner.cursor, logEnd: runner.logEnd, lagSeconds: runner.lagSeconds(nowMs), lagRecords: runner.lagRecords, owner,
    }));
  }

  /** All partitions, ascending: each as its owner says, or as the store has it where that does not answer or nobody has it. */
  async everywhere(context: CallContext): Promise<readonly Progress[]> {
    const others = await Promise.all((this.parts.ownership?.others ?? []).map((member) => this.of(member, context)));
    const known = new Map([...others.flat(), ...this.owned()].map((progress) => [progress.partition!, progress]));
    return Promise.all(Array.from({ length: PARTITIONS }, async (_, partition) => known.get(partition) ?? this.stored(partition)));
  }

  private async of(member: Member, context: CallContext): Promise<readonly Progress[]> {
    return this.parts.peers.at(member).getProgress({ ownedOnly: true }, askedFor(context)).then(({ partitions }) => partitions, () => []);
  }

  private async stored(partition: number): Promise<Progress> {
    const { follower, store, ownership } = this.parts;
    const logEnd = follower.history.end(partition);
    const { cursor } = await store.head(partition);
    const lagSeconds = cursor >= logEnd ? 0 : follower.ageOf(partition, cursor) / 1000;
    return { partition, cursor, logEnd, lagSeconds, lagRecords: recordsBetween(cursor, logEnd), owner: ownership?.ownerOf(partition)?.address ?? '' };
  }
}
