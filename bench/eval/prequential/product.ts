/** The whole stack as its users have it: filled, trained and asked over HTTP. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGrpcClient } from '@serendip/platform-grpc';
import { features, ranking, retrieval } from '@serendip/shared-contracts';
import { send, type Answer } from '../../chaos/serve/http.ts';
import { note } from '../../shared/show.ts';
import { root, type StackProcess, type StackState } from '../../shared/stack-process.ts';
import type { Rating } from './timeline.ts';

const TENANT = 'default';
const HIDDEN = ['rating'];
/** Statistics go out so often here, so that an answer need not wait a second for the event before it. */
export const STATISTICS_EVERY_MS = 5;
const BATCH = 500;
const MOST_TRIES = 5;

/** What is compared, besides the shipped placement `home`: each a placement without a ranker. */
const PLACEMENTS = {
  'eval-popular-all': { sources: [{ name: 'popular', limit: 500, window: 'all' }], retriever: '' },
  'eval-popular-30d': { sources: [{ name: 'popular', limit: 500, window: '30d' }], retriever: '' },
  'eval-item-to-item': { sources: [{ name: 'similar', limit: 300 }], retriever: 'retriever@champion' },
  'eval-retriever': { sources: [{ name: 'personal', limit: 150 }, { name: 'next', limit: 80 }], retriever: 'retriever@champion' },
} as const;

/** The question to each contestant. */
export type Question = Readonly<Record<string, unknown>> & { readonly placement: string };

export class Product {
  private readonly state: StackState;
  private readonly store;
  private readonly embedding;
  private readonly ranker;
  private importId = '';
  private batches = 0;
  /** Records in the log, over all partitions, that have been applied. */
  private records = 0;

  constructor(state: StackState) {
    this.state = state;
    const target = (service: string): string => `127.0.0.1:${state.services[service]!.port}`;
    this.store = createGrpcClient(features.FeatureStoreService, { target: target('feature-store'), timeoutMs: 10_000 });
    this.embedding = createGrpcClient(retrieval.EmbeddingService, { target: target('embedding'), timeoutMs: 10_000 });
    this.ranker = createGrpcClient(ranking.RankingService, { target: target('ranking'), timeoutMs: 10_000 });
  }

  static async start(stack: StackProcess): Promise<Product> {
    return new Product(await stack.start());
  }

  close(): void {
    for (const client of [this.store, this.embedding, this.ranker]) client.close();
  }

  /** Imports a MovieLens folder with `serendip import`, its times as they are, and waits until it is state. */
  async import(dir: string, scratch: string): Promise<void> {
    const files = ['--rejects', join(scratch, 'rejects.jsonl'), '--state-dir', join(scratch, 'imports')];
    const args = [join(root, 'apps/cli/dist/main.js'), 'import', 'movielens', dir, '--gateway', this.state.gateways[0]!, '--key', this.state.keys.secret, ...files];
    const child = spawn(process.execPath, ['--no-warnings', ...args], { stdio: 'ignore' });
    await new Promise<void>((resolve, reject) => child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`serendip import ended with status ${code}`)))));
    const { body } = await this.ask('POST', '/v1/imports', { name: 'the-rest' });
    this.importId = body.id;
    for (let before = -1; before !== this.records; await sleep(500)) {
      before = this.records;
      await this.applied(0);
    }
  }

  /** Trains on all that is in the log; answers what became of each model when it is served. */
  async train(): Promise<readonly { readonly model: string; readonly promoted: boolean; readonly verdict: string }[]> {
    let { body: run } = await this.ask('POST', '/v1/training', {});
    for (let stage = ''; run.state === 'running'; ({ body: run } = await this.ask('GET', `/v1/training/${run.id}`))) {
      if (run.stage !== stage) note(`training: ${stage = run.stage}`);
      await sleep(1000);
    }
    if (run.state !== 'succeeded') throw new Error(`Training ${run.state}: ${run.error}`);
    const promoted: string[] = run.models.filter((entry: { promoted: boolean }) => entry.promoted).map(({ model }: { model: string }) => model);
    for (let serving = new Set<string>(); !promoted.every((model) => serving.has(model)); await sleep(100)) {
      const [{ retrievers }, { rankers }] = await Promise.all([this.embedding.getStatus({}), this.ranker.getStatus({})]);
      serving = new Set([...retrievers.map(({ retriever }) => retriever), ...rankers.map((entry) => entry.ranker)]);
    }
    return run.models;
  }

  async addPlacements(): Promise<void> {
    for (const [name, placement] of Object.entries(PLACEMENTS)) await this.ask('PUT', `/v1/placements/${name}`, { ...placement, ranker: '', hideAfter: HIDDEN, candidates: 300 });
  }

  /** Lets events happen: durable, applied to state, and their statistics where they are used. */
  async apply(ratings: readonly Rating[]): Promise<void> {
    if (ratings.length === 0) return;
    const before = await this.versions();
    for (let from = 0; from < ratings.length; from += BATCH) {
      const events = ratings.slice(from, from + BATCH).map(({ userId, itemId, value, timeMs }) => ({ type: 'rating', userId, itemId, value, eventTime: timeMs }));
      const { body } = await this.ask('PUT', `/v1/imports/${this.importId}/batches/${++this.batches}`, { events });
      if (body.batchRejected.length > 0) throw new Error(`An event was rejected: ${JSON.stringify(body.batchRejected[0])}`);
    }
    await this.applied(ratings.length);
    await this.statisticsAfter(before);
  }

  /** Asks several questions at once; none of them is logged, each is answered anew and whole. */
  async recommend(questions: readonly Question[]): Promise<readonly (readonly string[])[]> {
    for (let attempt = 1; ; attempt++) {
      const { body } = await this.ask('POST', '/v1/recommendations:batch', { requests: questions.map((question) => ({ ...question, dryRun: true })) });
      const answers = body.results.map((result: { status: number; answer: { items: { id: string }[]; degraded: unknown[] } }) => result);
      const wrong = answers.find(({ status, answer }: { status: number; answer?: { degraded: unknown[] } }) => status !== 200 || answer!.degraded.length > 0);
      if (wrong === undefined) return answers.map(({ answer }: { answer: { items: { id: string }[] } }) => answer.items.map(({ id }) => id));
      if (attempt === MOST_TRIES) throw new Error(`A question was not answered whole: ${JSON.stringify(wrong).slice(0, 500)}`);
      await sleep(200);
    }
  }

  private async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await send(this.state.gateways[0]! + path, { method, key: this.state.keys.secret, body, timeoutMs: 30_000, headers: { 'cache-control': 'no-cache' } });
    if (answer.status >= 400) throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 500)}`);
    return answer;
  }

  /** Waits until the log is so many records longer and every partition has applied all of it. */
  private async applied(more: number): Promise<void> {
    for (; ; await sleep(2)) {
      const { partitions } = await this.store.getProgress({});
      const records = partitions.reduce((sum, { logEnd }) => sum + logEnd, 0);
      if (partitions.length === 0 || records < this.records + more || partitions.some(({ cursor, logEnd }) => cursor < logEnd)) continue;
      this.records = records;
      return;
    }
  }

  /** Versions of what embedding and ranking know of the catalogue and its statistics. */
  private async versions(): Promise<readonly [string, string]> {
    const [candidates, scores] = await Promise.all([this.embedding.readVersions({ tenants: [TENANT] }), this.ranker.readVersions({ tenants: [TENANT] })]);
    return [candidates.versions[0]!, scores.versions[0]!];
  }

  /** Waits until both have moved on from what they knew before, and then no more: all of it is applied, so nothing else comes. */
  private async statisticsAfter(before: readonly [string, string]): Promise<void> {
    for (let last = before; ;) {
      await sleep(STATISTICS_EVERY_MS * 2);
      const now = await this.versions();
      if (now.every((version, i) => version === last[i] && version !== before[i])) return;
      last = now;
    }
  }
}
