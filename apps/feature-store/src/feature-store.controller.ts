import { Controller, Inject } from '@nestjs/common';
import { partitionOfUser, readStates, type ItemKey, type StateStore } from '@serendip/features-domain';
import { Rpc, type CallContext, type Handlers } from '@serendip/platform-grpc';
import { events, features, fromBinary } from '@serendip/shared-contracts';
import { hash64 } from '@serendip/shared-identity';
import { UserStateView, int32sOf } from '@serendip/shared-layouts';
import { catalogueBatches } from './catalogue-stream.js';
import { catalogueEntry, userEvent } from './feature-store.mapper.js';
import { LogFollower } from './log-follower.service.js';
import { pageFrom, pageToken } from './paging.js';
import { PartitionsProgress } from './partition-progress.js';
import { statisticsBatches } from './statistics-stream.js';
import { STATE_STORE, STATISTICS_EVERY_MS } from './tokens.js';
import { userKey } from './user-key.js';
import { UserRecords } from './user-records.js';

const { ReadStatus } = features;
const NOTHING = new Uint8Array(0);

/** Answers reads of user and item state. */
@Controller()
export class FeatureStoreController implements Handlers<typeof features.FeatureStoreService> {
  constructor(
    @Inject(STATE_STORE) private readonly store: StateStore, private readonly follower: LogFollower, private readonly records: UserRecords, private readonly progress: PartitionsProgress,
    @Inject(STATISTICS_EVERY_MS) private readonly statisticsEveryMs: number,
  ) {}

  @Rpc(features.FeatureStoreService, 'readUserStates')
  async readUserStates({ requests }: features.ReadUserStatesRequest, context: CallContext) {
    const reading = this.records.reading(context);
    const states = await readStates(reading, requests.map(userKey));
    return {
      results: states.map(({ key, record, mergedInto }) => ({ status: record === undefined ? ReadStatus.MISSING : ReadStatus.PRESENT, record: record ?? NOTHING, mergedInto, ageMs: reading.ageMs(key) })),
    };
  }

  @Rpc(features.FeatureStoreService, 'readUserRecords')
  async readUserRecords({ keys }: features.ReadUserRecordsRequest) {
    const records = await this.records.here(keys);
    return { results: records.map(({ record, ageMs }) => ({ record: record ?? new Uint8Array(0), ageMs })) };
  }

  @Rpc(features.FeatureStoreService, 'readItems')
  async readItems({ tenant, ordinals, ids }: features.ReadItemsRequest) {
    const found = [
      ...await this.store.catalogue.itemsByOrdinal(tenant, int32sOf(ordinals)),
      ...await this.store.catalogue.itemsByHash(ids.map((id) => ({ tenant, ...hash64(id) }))),
    ];
    return { results: found.map((item) => (item === undefined ? { status: ReadStatus.MISSING } : { status: ReadStatus.PRESENT, entry: catalogueEntry(item) })) };
  }

  @Rpc(features.FeatureStoreService, 'listItems')
  async listItems({ tenant, pageSize, pageToken: token }: features.ListItemsRequest) {
    const size = Math.min(500, Math.max(1, pageSize));
    const items = await this.store.catalogue.listItems(tenant, pageFrom(token), size + 1);
    const page = items.slice(0, size);
    return { entries: page.filter(({ deleted }) => !deleted).map(catalogueEntry), nextPageToken: items.length > size ? pageToken(items[size]!.ordinal) : '' };
  }

  @Rpc(features.FeatureStoreService, 'readUserProfile')
  async readUserProfile({ user }: features.ReadUserProfileRequest, context: CallContext) {
    const [{ record } = {}] = await readStates(this.records.reading(context), [userKey(user)]);
    const profile = record === undefined ? undefined : new UserStateView(record).profile;
    if (profile === undefined || profile.length === 0) return { status: ReadStatus.MISSING };
    return { status: ReadStatus.PRESENT, profile: fromBinary(events.UserProfileSchema, profile) };
  }

  @Rpc(features.FeatureStoreService, 'listUserEvents')
  async listUserEvents({ user, pageSize, pageToken: token }: features.ListUserEventsRequest, context: CallContext) {
    const key = userKey(user);
    const [{ record, key: owner } = { record: undefined, key }] = await readStates(this.records.reading(context), [key]);
    const state = new UserStateView(record ?? new Uint8Array(0));
    const from = pageFrom(token);
    const to = Math.min(state.interactions, from + Math.min(256, Math.max(1, pageSize)));
    const places = Array.from({ length: Math.max(0, to - from) }, (_, i) => state.interactions - 1 - from - i);
    const items = await this.store.catalogue.itemsByHash(places.map((i): ItemKey => ({ tenant: key.tenant, lo: state.itemLo(i), hi: state.itemHi(i) })));
    return {
      events: places.map((i, n) => userEvent(state, i, items[n]?.id ?? '')),
      nextPageToken: to < state.interactions ? pageToken(to) : '',
      partition: partitionOfUser(owner),
      position: state.position,
    };
  }

  @Rpc(features.FeatureStoreService, 'watchCatalogue')
  watchCatalogue({ tenant, positions }: features.WatchCatalogueRequest, { signal }: CallContext) {
    return catalogueBatches({ tenant, positions, signal, store: this.store, onChange: (listener) => this.follower.onCatalogueChange(listener) });
  }

  @Rpc(features.FeatureStoreService, 'watchItemStatistics')
  watchItemStatistics({ tenant }: features.WatchItemStatisticsRequest, { signal }: CallContext) {
    return statisticsBatches({ tenant, signal, store: this.store, openRollup: () => this.follower.openStatistics(), everyMs: this.statisticsEveryMs });
  }

  @Rpc(features.FeatureStoreService, 'getPartitionOwners')
  async getPartitionOwners() {
    return { owners: [...this.progress.owners()] };
  }

  @Rpc(features.FeatureStoreService, 'getProgress')
  async getProgress({ ownedOnly }: features.GetProgressRequest, context: CallContext) {
    return { partitions: [...(ownedOnly ? this.progress.owned() : await this.progress.everywhere(context))] };
  }
}
