import { Controller } from '@nestjs/common';
import { Rpc } from '@serendip/platform-grpc';
import { features, type MessageInitShape } from '@serendip/shared-contracts';
import { int32sOf } from '@serendip/shared-layouts';
import { ITEMS, entryOf, ordinalOf } from './catalogue.fixture.js';

@Controller()
export class FakeFeatureStore {
  ageMs = 0;
  /** Who was read, by message. */
  stateReads: string[][] = [];

  @Rpc(features.FeatureStoreService, 'readUserStates')
  async readUserStates({ requests }: features.ReadUserStatesRequest) {
    this.stateReads.push(requests.map(({ userId, anonymousId }) => userId || anonymousId));
    return { results: requests.map(({ anonymousId }) => ({ status: features.ReadStatus.MISSING, ageMs: this.ageMs, mergedInto: anonymousId === 'of-bob' ? 'bob' : '' })) };
  }

  @Rpc(features.PeopleService, 'exportPerson')
  async *exportPerson({ user }: features.ExportPersonRequest) {
    const { userId = '', anonymousId = '' } = user ?? {};
    const interactions = [{ type: 'view', itemId: 'item-1', eventTimeMs: 1000 }, { type: 'rating', itemId: '', eventTimeMs: 2000, value: 4 }];
    const state = { firstTimeMs: 1000, lastTimeMs: 2000, sessionStartMs: 1000, sessionEvents: 2, interactions, counters: [{ type: 'view', total: 1 }], seen: [{ itemId: 'item-1', types: ['view'] }], shown: [] };
    yield { part: { case: 'person' as const, value: { userId, anonymousIds: [anonymousId || 'v1'], state } } };
    yield { part: { case: 'events' as const, value: { events: [{ type: 'view', userId }] } } };
    yield { part: { case: 'events' as const, value: { events: [{ type: 'click', userId }] } } };
  }

  /** How the newest rebuild goes. */
  rebuild: MessageInitShape<typeof features.RebuildSchema> = { status: features.RebuildStatus.RUNNING, applied: 5, total: 10, startedAtMs: 1000 };

  @Rpc(features.RebuildService, 'startRebuild')
  async startRebuild() {
    return { rebuild: this.rebuild };
  }

  @Rpc(features.RebuildService, 'getRebuild')
  async getRebuild() {
    return { rebuild: this.rebuild };
  }

  @Rpc(features.PeopleService, 'erasePerson')
  async erasePerson({ user }: features.ErasePersonRequest) {
    const visitor = { anonymousId: user?.anonymousId || 'v1', state: true, logRecords: 2, lastReceivedAtMs: 1000, partition: 3, position: 7 };
    return { erased: user?.userId ? [visitor, { userId: user.userId, state: true, interactions: 5, profile: true, logRecords: 9, lastReceivedAtMs: 2000, partition: 4, position: 8 }] : [visitor] };
  }

  @Rpc(features.FeatureStoreService, 'readItems')
  async readItems({ ordinals, ids }: features.ReadItemsRequest) {
    return {
      results: [...int32sOf(ordinals), ...ids.map(ordinalOf)].map((ordinal) => (
        ordinal >= 0 && ordinal < ITEMS ? { status: features.ReadStatus.PRESENT, entry: entryOf(ordinal) } : { status: features.ReadStatus.MISSING })),
    };
  }

  @Rpc(features.FeatureStoreService, 'getPartitionOwners')
  async getPartitionOwners() {
    return {};
  }

  @Rpc(features.FeatureStoreService, 'getProgress')
  async getProgress() {
    return { partitions: [{ partition: 0, cursor: 7, logEnd: 9, lagRecords: 2, lagSeconds: 1.5, owner: '10.0.0.1:50052' }, { partition: 1, cursor: 4, logEnd: 4 }] };
  }

  @Rpc(features.FeatureStoreService, 'listItems')
  async listItems({ pageSize, pageToken }: features.ListItemsRequest) {
    const from = Number(pageToken) || 0;
    const entries = Array.from({ length: Math.max(0, Math.min(pageSize, ITEMS - from)) }, (_, i) => entryOf(from + i));
    return { entries, nextPageToken: from + pageSize < ITEMS ? String(from + pageSize) : '' };
  }

  @Rpc(features.FeatureStoreService, 'readUserProfile')
  async readUserProfile({ user }: features.ReadUserProfileRequest) {
    if (user?.userId !== 'ann') return { status: features.ReadStatus.MISSING };
    return { status: features.ReadStatus.PRESENT, profile: { id: 'ann', attributes: { age: { value: { case: 'number' as const, value: 42 } } } } };
  }

  @Rpc(features.FeatureStoreService, 'listUserEvents')
  async listUserEvents() {
    return { events: [{ type: 'view', itemId: 'item-1', eventTimeMs: 1000 }, { type: 'search', itemId: '', eventTimeMs: 500, value: 1 }], partition: 7, position: 1234 };
  }
}
