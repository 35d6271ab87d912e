import { Controller, Inject } from '@nestjs/common';
import type { ItemKey, StateReader, StateStore, StoredItem, UserKey } from '@serendip/features-domain';
import { Rpc, type CallContext, type Handlers } from '@serendip/platform-grpc';
import { events, features, fromBinary } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { PARTITIONS, anonymousEntity, hash64, partitionOf, userEntity, type Entity } from '@serendip/shared-identity';
import { UserStateView, bytesOf, eventTypeName, float64sOf, int32sOf } from '@serendip/shared-layouts';
import { catalogueEntry } from './feature-store.mapper.js';
import { LogFollower } from './log-follower.service.js';
import { pageFrom, pageToken } from './paging.js';
import { statisticsBatches } from './statistics-stream.js';
import { STATE_STORE } from './tokens.js';

const { ReadStatus } = features;
const CATALOGUE_BATCH = 500;
const IDLE_MS = 1000;

/** Answers reads of user and item state. */
@Controller()
export class FeatureStoreController implements Handlers<typeof features.FeatureStoreService> {
  private readonly reader: StateReader;

  constructor(@Inject(STATE_STORE) private readonly store: StateStore, private readonly follower: LogFollower) {
    this.reader = store.reader;
  }

  @Rpc(features.FeatureStoreService, 'readUserStates')
  async readUserStates({ requests }: features.ReadUserStatesRequest) {
    const nowMs = Date.now();
    const keys = requests.map(userKey);
    const records = await this.reader.users(keys);
    return {
      results: records.map((record, i) => ({
        status: record === undefined ? ReadStatus.MISSING : ReadStatus.PRESENT,
        record: record ?? new Uint8Array(0),
        ageMs: this.follower.runners[partitionOf(keys[i]!.tenant, keys[i]!.entity as Entity)]!.ageMs(nowMs),
      })),
    };
  }

  @Rpc(features.FeatureStoreService, 'readItems')
  async readItems({ tenant, ordinals, ids }: features.ReadItemsRequest) {
    const found = [
      ...await this.reader.itemsByOrdinal(tenant, int32sOf(ordinals)),
      ...await this.reader.itemsByHash(ids.map((id) => ({ tenant, ...hash64(id) }))),
    ];
    return { results: found.map((item) => (item === undefined ? { status: ReadStatus.MISSING } : { status: ReadStatus.PRESENT, entry: catalogueEntry(item) })) };
  }

  @Rpc(features.FeatureStoreService, 'listItems')
  async listItems({ tenant, pageSize, pageToken: token }: features.ListItemsRequest) {
    const size = Math.min(500, Math.max(1, pageSize));
    const items = await this.reader.listItems(tenant, pageFrom(token), size + 1);
    const page = items.slice(0, size);
    return { entries: page.filter(({ deleted }) => !deleted).map(catalogueEntry), nextPageToken: items.length > size ? pageToken(items[size]!.ordinal) : '' };
  }

  @Rpc(features.FeatureStoreService, 'readUserProfile')
  async readUserProfile({ user }: features.ReadUserProfileRequest) {
    const [record] = await this.reader.users([userKey(user)]);
    const profile = record === undefined ? undefined : new UserStateView(record).profile;
    if (profile === undefined || profile.length === 0) return { status: ReadStatus.MISSING };
    return { status: ReadStatus.PRESENT, profile: fromBinary(events.UserProfileSchema, profile) };
  }

  @Rpc(features.FeatureStoreService, 'listUserEvents')
  async listUserEvents({ user, pageSize, pageToken: token }: features.ListUserEventsRequest) {
    const key = userKey(user);
    const [record] = await this.reader.users([key]);
    const state = new UserStateView(record ?? new Uint8Array(0));
    const from = pageFrom(token);
    const to = Math.min(state.interactions, from + Math.min(256, Math.max(1, pageSize)));
    const places = Array.from({ length: Math.max(0, to - from) }, (_, i) => state.interactions - 1 - from - i);
    const items = await this.reader.itemsByHash(places.map((i): ItemKey => ({ tenant: key.tenant, lo: state.itemLo(i), hi: state.itemHi(i) })));
    return {
      events: places.map((i, n) => {
        const value = state.value(i);
        return { type: eventTypeName(state.type(i)), itemId: items[n]?.id ?? '', eventTimeMs: state.timeMs(i), ...(Number.isNaN(value) ? {} : { value }) };
      }),
      nextPageToken: to < state.interactions ? pageToken(to) : '',
    };
  }

  @Rpc(features.FeatureStoreService, 'watchCatalogue')
  async *watchCatalogue({ tenant, positions }: features.WatchCatalogueRequest, { signal }: CallContext) {
    const after = positions.length === 0 ? new Float64Array(PARTITIONS) : float64sOf(positions).slice();
    if (after.length !== PARTITIONS) throw new DomainError('INVALID_ARGUMENT', 'POSITIONS_INVALID', `Positions are ${PARTITIONS} float64 values.`);
    // A store that was made anew knows less than the watcher: it is told so, and reads again what it must.
    for (let partition = 0; partition < PARTITIONS; partition++) {
      after[partition] = Math.min(after[partition]!, (await this.store.partitions.head(partition)).sequence);
    }
    let changed = true;
    let wake = (): void => undefined;
    const stop = this.follower.onCatalogueChange(() => { changed = true; wake(); });
    try {
      let caughtUp = false;
      while (!signal.aborted) {
        if (changed || !caughtUp) {
          changed = false;
          for await (const items of this.changes(tenant, after)) yield { entries: items.map(catalogueEntry), positions: bytesOf(after.slice()), caughtUp };
          if (!caughtUp) {
            caughtUp = true;
            yield { entries: [], positions: bytesOf(after.slice()), caughtUp };
          }
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, IDLE_MS).unref();
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    } finally {
      stop();
    }
  }

  @Rpc(features.FeatureStoreService, 'watchItemStatistics')
  watchItemStatistics({ tenant }: features.WatchItemStatisticsRequest, { signal }: CallContext) {
    return statisticsBatches({ tenant, signal, reader: this.reader, rollup: this.follower.rollup });
  }

  @Rpc(features.FeatureStoreService, 'getProgress')
  async getProgress() {
    const nowMs = Date.now();
    return {
      partitions: this.follower.runners.map((runner) => ({
        partition: runner.partition, cursor: runner.cursor, logEnd: runner.logEnd, lagSeconds: runner.lagSeconds(nowMs),
      })),
    };
  }

  /** What changed after these positions, which move along. */
  private async *changes(tenant: string, after: Float64Array): AsyncIterable<readonly StoredItem[]> {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      for (;;) {
        const items = await this.reader.changedItems(tenant, partition, { after: after[partition]!, max: CATALOGUE_BATCH });
        if (items.length === 0) break;
        after[partition] = items.at(-1)!.sequence;
        yield items;
        if (items.length < CATALOGUE_BATCH) break;
      }
    }
  }
}

function userKey(key: features.UserStateKey | undefined): UserKey {
  if (key === undefined || (key.userId === '') === (key.anonymousId === '')) {
    throw new DomainError('INVALID_ARGUMENT', 'USER_KEY_INVALID', 'A user is named by exactly one of user_id and anonymous_id.');
  }
  return { tenant: key.tenant, entity: key.userId === '' ? anonymousEntity(key.anonymousId) : userEntity(key.userId) };
}
