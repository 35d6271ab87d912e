import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Module, type CallHandler, type DynamicModule, type ExecutionContext, type NestInterceptor, type Type } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { Rpc, startGrpcService, type CallContext, type GrpcServer } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { control, events, features, ranking, retrieval, training, type MessageInitShape } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { bytesOf, float32sOf, int32sOf } from '@serendip/shared-layouts';
import { FakeTrainer } from './trainer.fixture.js';

const ITEMS = 50;
/** Leaves retrieval's order as it is; all others turn it round. */
export const LAZY_RANKER = 'dcn@3';
/** Items 0 to 4 may be explored. */
const EXPLORED = 5;
const ordinalOf = (id: string): number => (/^item-\d+$/.test(id) ? Number(id.slice('item-'.length)) : -1);

/** An item of the fake catalogue: item-0 to item-49, the later the cheaper. */
export function entryOf(ordinal: number) {
  return {
    ordinal, version: 1, deleted: false,
    item: { id: `item-${ordinal}`, title: `Item ${ordinal}`, categories: ['Books'], price: 100 - ordinal, attributes: { colour: { value: { case: 'text' as const, value: 'red' } } } },
  };
}

const isRefused = ({ type, items }: events.Event): boolean => type === 'refused' || items[0]?.itemId === 'refused';

const resultOf = (event: events.Event) => (
  isRefused(event) ? { status: events.EventStatus.REJECTED, reason: 'TYPE_INVALID', detail: 'No such type.' } : { status: events.EventStatus.ACCEPTED });

/** Remembers what it is sent; refuses the event types `refused` and the id `refused`. Of dead letters, those whose reason is TOO_OLD stay. */
@Controller()
export class FakeIngestion {
  reported: events.ReportedDeadLetter[] = [];
  deadLetters: MessageInitShape<typeof events.DeadLetterSchema>[] = [];
  written: events.Event[] = [];
  /** Places of the last batch of an import. */
  indices: readonly number[] = [];
  failure: Error | undefined;

  @Rpc(events.IngestionService, 'writeEvents')
  async writeEvents({ events: batch, places }: events.WriteEventsRequest) {
    if (this.failure !== undefined) throw this.failure;
    this.written.push(...batch.filter((event) => !isRefused(event)));
    const results = batch.map(resultOf);
    const positions = results.flatMap(({ status }, i) => (status === events.EventStatus.ACCEPTED ? [1000 + i] : []));
    return {
      results, durability: events.Durability.DISK,
      ...(places ? { partitions: bytesOf(Int32Array.from(positions, () => 7)), positions: bytesOf(Float64Array.from(positions)) } : {}),
    };
  }

  @Rpc(events.IngestionService, 'createImport')
  async createImport({ name }: events.CreateImportRequest) {
    return { import: { id: 'import-1', name } };
  }

  @Rpc(events.IngestionService, 'writeImportBatch')
  async writeImportBatch({ importId, batch, events: sent, indices, refused }: events.WriteImportBatchRequest) {
    this.indices = indices;
    const results = sent.map(resultOf);
    const accepted = results.filter(({ status }) => status === events.EventStatus.ACCEPTED).length;
    return { import: { id: importId, name: 'old', lastBatch: batch, accepted, rejected: sent.length - accepted + refused }, applied: true, results };
  }

  @Rpc(events.IngestionService, 'getImport')
  async getImport({ importId }: events.GetImportRequest) {
    return { import: { id: importId, name: 'old', lastBatch: 3, accepted: 1500 } };
  }

  @Rpc(events.IngestionService, 'forwardEvents')
  async forwardEvents() {
    return { results: [] };
  }

  @Rpc(events.IngestionService, 'reportDeadLetters')
  async reportDeadLetters({ letters }: events.ReportDeadLettersRequest) {
    if (this.failure !== undefined) throw this.failure;
    this.reported.push(...letters);
    return {};
  }

  @Rpc(events.IngestionService, 'listDeadLetters')
  async listDeadLetters({ reason, userId, pageSize, pageToken }: events.ListDeadLettersRequest) {
    const from = Number(pageToken) || 0;
    const named = this.deadLetters.filter((letter) => (reason === '' || letter.reason === reason) && (userId === '' || letter.userId === userId));
    return { letters: named.slice(from, from + pageSize), totals: { TOO_OLD: 1 }, nextPageToken: from + pageSize < named.length ? String(from + pageSize) : '' };
  }

  @Rpc(events.IngestionService, 'getDeadLetter')
  async getDeadLetter({ id }: events.GetDeadLetterRequest) {
    const letter = this.deadLetters.find((one) => one.id === id);
    if (letter === undefined) throw new DomainError('NOT_FOUND', 'DEAD_LETTER_UNKNOWN', 'There is no such dead letter.');
    return { letter };
  }

  @Rpc(events.IngestionService, 'replayDeadLetters')
  async replayDeadLetters({ ids, reason, pageToken, read }: events.ReplayDeadLettersRequest) {
    const { ReplayStatus } = events;
    const from = Number(pageToken) || 0;
    const named = reason === '' ? [...ids, ...read.map(({ id }) => id)] : this.deadLetters.filter((letter) => letter.reason === reason).map((letter) => letter.id!);
    const results = named.slice(from, from + 100).map((id) => {
      const letter = this.deadLetters.find((one) => one.id === id);
      if (letter === undefined) return { id, status: ReplayStatus.UNKNOWN };
      if (letter.reason === 'TOO_OLD') return { id, status: ReplayStatus.REFUSED, reason: 'TOO_OLD', detail: 'It is older than 24 hours.' };
      const event = read.find((one) => one.id === id)?.event;
      if (event === undefined && letter.source === events.DeadLetterSource.GATEWAY) return { id, status: ReplayStatus.UNREAD, original: letter.original! };
      if (event !== undefined) this.written.push(event);
      return { id, status: ReplayStatus.APPENDED };
    });
    return { results, nextPageToken: from + 100 < named.length ? String(from + 100) : '' };
  }

  @Rpc(events.IngestionService, 'findDeadLettersOfPeople')
  async findDeadLettersOfPeople({ userIds, anonymousIds, pageToken }: events.FindDeadLettersOfPeopleRequest) {
    const page = this.deadLetters.slice(Number(pageToken), Number(pageToken) + 1);
    return { letters: page.filter(({ userId }) => [...userIds, ...anonymousIds].includes(userId!)), nextPageToken: Number(pageToken) + 1 < this.deadLetters.length ? String(Number(pageToken) + 1) : '' };
  }

  @Rpc(events.IngestionService, 'purgeDeadLetters')
  async purgeDeadLetters({ ids, reason, userId, all }: events.PurgeDeadLettersRequest) {
    return { purged: this.deadLetters.filter((letter) => all || ids.includes(letter.id!) || letter.reason === reason || (userId !== '' && letter.userId === userId)).length };
  }
}

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

@Controller()
export class FakeEmbedding {
  asked: retrieval.CandidateRequest[] = [];
  version = 'candidates@1';
  versionReads = 0;

  @Rpc(retrieval.EmbeddingService, 'readVersions')
  async readVersions({ tenants }: retrieval.ReadVersionsRequest) {
    this.versionReads++;
    return { versions: tenants.map(() => this.version) };
  }

  calls = 0;
  /** How long a search takes. */
  delayMs = 0;

  @Rpc(retrieval.EmbeddingService, 'retrieveCandidates')
  async retrieveCandidates({ requests }: retrieval.RetrieveCandidatesRequest) {
    if (this.delayMs > 0) await sleep(this.delayMs);
    this.asked.push(...requests);
    this.calls++;
    return {
      results: requests.map(({ givenItemIds, excludeItemIds, excludeOrdinals, limit, retriever, sources, exploration }) => {
        const excluded = new Set([...excludeItemIds, ...[...int32sOf(excludeOrdinals)].map((ordinal) => `item-${ordinal}`)]);
        const ids = givenItemIds.length > 0 ? givenItemIds : Array.from({ length: ITEMS }, (_, i) => `item-${i}`).filter((id) => !excluded.has(id));
        const ordinals = Int32Array.from(ids.map(ordinalOf).filter((ordinal) => ordinal >= 0).slice(0, limit));
        const scores = Float32Array.from(ordinals, (ordinal) => -ordinal);
        return {
          ordinals: bytesOf(ordinals), scores: bytesOf(scores), personalScores: bytesOf(scores), nextScores: bytesOf(scores), retriever, version: this.version,
          sourceBits: bytesOf(Uint16Array.from(ordinals, (ordinal) => 1 | (exploration !== undefined && ordinal < EXPLORED ? 1 << sources.length : 0))),
          sources: [...sources.map(({ name }) => ({ name, found: ordinals.length })), ...(exploration === undefined ? [] : [{ name: 'exploration', found: EXPLORED }])],
        };
      }),
    };
  }

  @Rpc(retrieval.EmbeddingService, 'describeCatalogue')
  async describeCatalogue() {
    return { version: '1', attributes: { colour: retrieval.AttributeType.STRING } };
  }

  @Rpc(retrieval.EmbeddingService, 'resolveItems')
  async resolveItems({ ordinals }: retrieval.ResolveItemsRequest) {
    return { items: [...int32sOf(ordinals)].map((ordinal) => ({ id: `item-${ordinal}`, eligible: true })) };
  }

  @Rpc(retrieval.EmbeddingService, 'getStatus')
  async getStatus() {
    return { caughtUp: true };
  }
}

/** Ranks in the opposite of retrieval's order. */
@Controller()
export class FakeRanking {
  calls = 0;
  version = 'ranking@1';
  versionReads = 0;

  @Rpc(ranking.RankingService, 'readVersions')
  async readVersions({ tenants }: ranking.ReadVersionsRequest) {
    this.versionReads++;
    return { versions: tenants.map(() => this.version) };
  }

  @Rpc(ranking.RankingService, 'rankCandidates')
  async rankCandidates({ requests }: ranking.RankCandidatesRequest) {
    this.calls++;
    return {
      results: requests.map(({ scores, ranker, ordinals, featureRows }) => {
        const best = [...int32sOf(ordinals)].reverse().slice(0, featureRows);
        const column = bytesOf(Float32Array.from(best));
        return {
          scores: bytesOf(ranker === LAZY_RANKER ? float32sOf(scores) : float32sOf(scores).map((score) => -score)), ranker, version: this.version,
          ...(best.length === 0 ? {} : { featureNames: ['price_fit'], features: column, featureOrdinals: bytesOf(Int32Array.from(best)) }),
        };
      }),
    };
  }

  /** The one feature contributes its value. */
  @Rpc(ranking.RankingService, 'explainRows')
  async explainRows({ features: rows }: ranking.ExplainRowsRequest) {
    return { heads: [{ head: 'engage', weight: 1 }], headScores: rows, contributions: rows, baseline: 0, words: ['how well the price fits'], means: bytesOf(Float32Array.of(0)), logarithms: [true] };
  }

  @Rpc(ranking.RankingService, 'listFeatures')
  async listFeatures() {
    return { features: [{ name: 'click_rate', entity: 'item', computed: 'rate', meaning: 'clicks a view' }] };
  }

  @Rpc(ranking.RankingService, 'getStatus')
  async getStatus() {
    return { caughtUp: true };
  }
}

@Controller()
export class FakeControl {
  /** Placements that were put, and how long it takes. */
  puts = 0;
  delayMs = 0;
  /** Requests by their idempotency keys, with their answers once there are some. */
  readonly keys = new Map<string, { readonly fingerprint: string; readonly answer?: control.IdempotentAnswer | undefined }>();

  @Rpc(control.ControlService, 'reserveIdempotencyKey')
  async reserveIdempotencyKey({ request }: control.ReserveIdempotencyKeyRequest) {
    const { key, fingerprint: bytes } = request!;
    const fingerprint = Buffer.from(bytes).toString('hex');
    const kept = this.keys.get(key);
    if (kept !== undefined && kept.fingerprint !== fingerprint) throw new DomainError('INVALID_ARGUMENT', 'IDEMPOTENCY_KEY_REUSED', 'Another request has it.', { metadata: { httpStatus: '422' } });
    if (kept !== undefined && kept.answer === undefined) throw new DomainError('ABORTED', 'IDEMPOTENCY_KEY_IN_USE', 'It is being worked on.', { metadata: { retryAfterMs: '1000' } });
    if (kept === undefined) this.keys.set(key, { fingerprint });
    return kept?.answer === undefined ? {} : { answer: kept.answer };
  }

  @Rpc(control.ControlService, 'keepIdempotentAnswer')
  async keepIdempotentAnswer({ request, answer }: control.KeepIdempotentAnswerRequest) {
    this.keys.set(request!.key, { ...this.keys.get(request!.key)!, answer });
    return {};
  }

  @Rpc(control.ControlService, 'releaseIdempotencyKey')
  async releaseIdempotencyKey({ request }: control.ReleaseIdempotencyKeyRequest) {
    this.keys.delete(request!.key);
    return {};
  }

  @Rpc(control.ControlService, 'putPlacement')
  async putPlacement({ placement }: control.PutPlacementRequest) {
    this.puts++;
    if (this.delayMs > 0) await sleep(this.delayMs);
    return { placement: { ...placement!, version: 2 } };
  }

  @Rpc(control.ControlService, 'putRules')
  async putRules({ rules, caps }: control.PutRulesRequest) {
    return { rules, caps };
  }

  @Rpc(control.ControlService, 'putSplit')
  async putSplit({ split }: control.PutSplitRequest) {
    return { split: split! };
  }

  @Rpc(control.ControlService, 'deleteSplit')
  async deleteSplit() {
    return {};
  }

  @Rpc(control.ControlService, 'putShadow')
  async putShadow({ shadow }: control.PutShadowRequest) {
    return { shadow: shadow! };
  }

  @Rpc(control.ControlService, 'deleteShadow')
  async deleteShadow() {
    return {};
  }

  @Rpc(control.ControlService, 'setModelAlias')
  async setModelAlias({ alias }: control.SetModelAliasRequest) {
    return { alias: { ...alias!, previousVersion: 1 }, previousVersion: 1 };
  }

  @Rpc(control.ControlService, 'rollBackModelAlias')
  async rollBackModelAlias({ model, alias }: control.RollBackModelAliasRequest) {
    return { alias: { model, alias, version: 1, previousVersion: 2 } };
  }

  @Rpc(control.ControlService, 'registerModelVersion')
  async registerModelVersion({ model }: control.RegisterModelVersionRequest) {
    return { model: { ...model!, version: 3, createdAtMs: 1000, checks: control.CheckState.PENDING } };
  }

  @Rpc(control.ControlService, 'getModelChecks')
  async getModelChecks() {
    return { state: control.CheckState.FAILED, checks: [{ name: 'golden', outcome: control.CheckOutcome.FAILED, detail: 'Line 1.', figures: { cases: 4 } }] };
  }
}

const services = {
  ingestion: { services: [events.IngestionService], controller: FakeIngestion },
  featureStore: { services: [features.FeatureStoreService, features.PeopleService, features.RebuildService], controller: FakeFeatureStore },
  embedding: { services: [retrieval.EmbeddingService], controller: FakeEmbedding },
  ranking: { services: [ranking.RankingService], controller: FakeRanking },
  control: { services: [control.ControlService], controller: FakeControl },
  trainer: { services: [training.TrainerService, training.DatasetService], controller: FakeTrainer },
} as const;

export type BackendName = keyof typeof services;

/** A call that reached a fake. */
interface TracedCall {
  readonly rpc: string;
  readonly traceId: string;
}

/** Remembers every call. */
class CallRecord implements NestInterceptor {
  readonly calls: TracedCall[] = [];

  intercept(context: ExecutionContext, next: CallHandler) {
    this.calls.push({ rpc: context.getHandler().name, traceId: context.switchToRpc().getContext<CallContext>().traceId });
    return next.handle();
  }
}

@Module({})
class BackendModule {
  static with(controller: Type, record: CallRecord): DynamicModule {
    return { module: BackendModule, controllers: [controller], providers: [{ provide: APP_INTERCEPTOR, useValue: record }] };
  }
}

/** Every service behind the gateway on loopback, each its own server, so that each can go away. */
export class Backends {
  private constructor(private readonly servers: ReadonlyMap<BackendName, GrpcServer>, private readonly record: CallRecord) {}

  static async start(): Promise<Backends> {
    const logger = createLogger('backend', 'silent');
    const record = new CallRecord();
    const started = Object.entries(services).map(async ([name, { services: own, controller }]) => [name as BackendName, await startGrpcService({
      module: BackendModule.with(controller, record), services: [...own], host: '127.0.0.1', port: 0, logger, drainMs: 100, notReadyMs: 0,
    })] as const);
    return new Backends(new Map(await Promise.all(started)), record);
  }

  /** The rpcs that were called with this trace, in order. */
  callsOf(trace: string): string[] {
    return this.record.calls.filter(({ traceId }) => traceId === trace).map(({ rpc }) => rpc);
  }

  target(name: BackendName): string {
    return `127.0.0.1:${this.servers.get(name)!.port}`;
  }

  get<N extends BackendName>(name: N): InstanceType<(typeof services)[N]['controller']> {
    return this.servers.get(name)!.get(services[name].controller) as InstanceType<(typeof services)[N]['controller']>;
  }

  async stop(...names: readonly BackendName[]): Promise<void> {
    await Promise.all((names.length === 0 ? [...this.servers.keys()] : names).map((name) => this.servers.get(name)!.close()));
  }
}
