import { partitionOfUser, type Member, type StateStore, type UserKey } from '@serendip/features-domain';
import type { CallContext } from '@serendip/platform-grpc';
import type { features } from '@serendip/shared-contracts';
import { askedFor, type Peers } from './peers.js';

/** A record, and how old it may be, milliseconds. */
export interface AgedRecord {
  readonly record: Uint8Array | undefined;
  readonly ageMs: number;
}

/** What of a replica reads need to know. */
export interface RecordsParts {
  readonly store: StateStore;
  readonly peers: Peers;
  /** The other replica that owns a partition; undefined when this one does, or nobody. */
  readonly ownerOf: (partition: number) => Member | undefined;
  /** How old the state of a partition is that this process applies; undefined for one that it does not, or has not caught up with yet. */
  readonly ageMs: (partition: number) => number | undefined;
  /** Waits a moment for what the log has of partitions and is not applied yet. */
  readonly applied: (partitions: readonly number[]) => Promise<void>;
  /** How often another generation of a partition has become the live one. */
  readonly switchesOf: (partition: number) => number;
  /** How old a state is that reaches up to a cursor. */
  readonly ageOf: (partition: number, cursor: number) => number;
}

/** Records of users, wherever they are owned: the owner has the newest ones in memory, and the store has those of a moment ago. */
export class UserRecords {
  constructor(private readonly parts: RecordsParts) {}

  /** For one request: reads follow its deadline. */
  reading(context: CallContext): UserReading {
    return new UserReading(this, context);
  }

  /** Those of keys as this replica knows them, in order. */
  here(keys: readonly UserKey[]): Promise<readonly AgedRecord[]> {
    return this.hereIn(keys.map(partitionOfUser), keys);
  }

  /** Those of keys, in order, each from who owns its partition, or from here where that one does not answer. */
  async anywhere(keys: readonly UserKey[], context: CallContext): Promise<readonly AgedRecord[]> {
    const { ownerOf } = this.parts;
    const partitions = keys.map(partitionOfUser);
    if (partitions.every((partition) => ownerOf(partition) === undefined)) return this.hereIn(partitions, keys);
    const found = new Array<AgedRecord>(keys.length);
    const byOwner = Map.groupBy(keys.keys(), (i) => ownerOf(partitions[i]!));
    await Promise.all([...byOwner].map(async ([owner, places]) => {
      const some = places.map((i) => keys[i]!);
      const here = () => this.hereIn(places.map((i) => partitions[i]!), some);
      const records = owner === undefined ? await here() : await this.there(owner, some, context).catch(here);
      places.forEach((place, i) => { found[place] = records[i]!; });
    }));
    return found;
  }

  private async hereIn(partitions: readonly number[], keys: readonly UserKey[]): Promise<readonly AgedRecord[]> {
    const { store, applied, ageMs, ageOf, switchesOf } = this.parts;
    await applied(partitions);
    const switches = partitions.map(switchesOf);
    const cursors = new Map<number, number>();
    const isKnown = (partition: number): boolean => ageMs(partition) !== undefined || cursors.has(partition);
    while (!partitions.every(isKnown)) {
      const unknown = new Set(partitions.filter((partition) => !isKnown(partition)));
      await Promise.all([...unknown].map(async (partition) => cursors.set(partition, (await store.partitions.head(partition)).cursor)));
    }
    const ages = partitions.map((partition) => ageMs(partition) ?? ageOf(partition, cursors.get(partition)!));
    // In the same turn: what is seen and not written yet is looked up at once, and may have been dropped a moment later.
    const records = await store.reader.users(keys);
    // Of another generation, records may be older than what was said before they were read.
    if (partitions.some((partition, i) => switchesOf(partition) !== switches[i])) return this.hereIn(partitions, keys);
    return records.map((record, i) => ({ record, ageMs: ages[i]! }));
  }

  private async there(owner: Member, keys: readonly UserKey[], context: CallContext): Promise<readonly AgedRecord[]> {
    const { results } = await this.parts.peers.at(owner).readUserRecords({ keys: [...keys] }, askedFor(context));
    return results.map(agedRecord);
  }
}

/** Records of one request, and how old they are. */
export class UserReading {
  private readonly ages = new Map<UserKey, number>();

  constructor(private readonly records: UserRecords, private readonly context: CallContext) {}

  async users(keys: readonly UserKey[]): Promise<readonly (Uint8Array | undefined)[]> {
    const found = await this.records.anywhere(keys, this.context);
    found.forEach(({ ageMs }, i) => this.ages.set(keys[i]!, ageMs));
    return found.map(({ record }) => record);
  }

  /** How old the record of a key that was read, the same object, may be, milliseconds. */
  ageMs(key: UserKey): number {
    return this.ages.get(key)!;
  }
}

const agedRecord = ({ record, ageMs }: features.UserRecord): AgedRecord => ({ record: record.length === 0 ? undefined : record, ageMs });
