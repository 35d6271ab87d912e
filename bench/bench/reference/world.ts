/** The reference world: 100,000 items, users with full history, models registered as a data scientist would. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGrpcClient } from '@serendip/platform-grpc';
import { openObjectStore } from '@serendip/platform-objects';
import { control } from '@serendip/shared-contracts';
import { send, type Answer } from '../../chaos/serve/http.ts';
import { caughtUp, featureStoreOf, inBatches } from '../../shared/filling.ts';
import { noise } from '../../shared/random.ts';
import { note } from '../../shared/show.ts';
import type { StackProcess, StackState } from '../../shared/stack-process.ts';
import { contextOf, writeReferenceRanker, writeReferenceRetriever } from './models.ts';

const HISTORY = 256;
/** Who asks again while the answer cache is measured: statistics, which are part of its key, change every second. */
const RETURNING_USERS = 20;
/** As `home`, with as many candidates as the reference says. */
const PLACEMENT = {
  sources: [{ name: 'personal', limit: 400 }, { name: 'next', limit: 80 }, { name: 'trending', limit: 20 }, { name: 'popular', limit: 40 }, { name: 'new', limit: 10 }],
  hideAfter: ['view', 'click', 'add_to_cart', 'purchase'], retriever: 'retriever@champion', ranker: 'ranker@champion', candidates: 500,
};
const TRAINING_SECONDS = 20;
const CATEGORIES = 60;
const TYPES = ['view', 'view', 'view', 'click', 'add_to_cart', 'purchase'];

export interface WorldSize {
  readonly items: number;
  readonly users: number;
}

export const itemId = (n: number): string => `item-${n}`;
export const userId = (n: number): string => `user-${n}`;

export class ReferenceWorld {
  readonly state: StackState;
  private readonly stack: StackProcess;
  private readonly size: WorldSize;

  constructor(stack: StackProcess, state: StackState, size: WorldSize) {
    this.stack = stack;
    this.state = state;
    this.size = size;
  }

  ask(method: string, path: string, body?: unknown): Promise<Answer> {
    return send(this.state.gateways[0]! + path, { method, key: this.state.keys.secret, body, timeoutMs: 30_000 });
  }

  /** A recommendation for the n-th user, made for this request unless the answer cache may be used. */
  recommend(n: number, { cached = false, explain = false }: { readonly cached?: boolean; readonly explain?: boolean } = {}): Promise<Answer> {
    const users = cached ? RETURNING_USERS : this.size.users;
    const body = { placement: 'reference', userId: userId(n % users), limit: 10, context: contextOf(cached ? n % users : n), explain };
    return send(`${this.state.gateways[0]!}/v1/recommendations`, { method: 'POST', key: this.state.keys.secret, body, timeoutMs: 30_000, ...(cached ? {} : { headers: { 'cache-control': 'no-cache' } }) });
  }

  async fill(): Promise<void> {
    const next = noise(3);
    const one = (n: number) => ({
      id: itemId(n), title: `Item ${n}`, categories: [`c${n % 6}`, `c${n % CATEGORIES}`], tags: [`t${n % 40}`], price: 1 + (n % 500), publishedAt: Date.now() - (n % 365) * 86_400_000, available: true,
    });
    await inBatches(this.size.items, (ns) => this.ask('POST', '/v1/items:batch', { items: ns.map(one) }));
    note(`${this.size.items} items are written`);
    const event = (n: number) => ({
      type: TYPES[n % TYPES.length], userId: userId(Math.floor(n / HISTORY)), itemId: itemId(Math.floor(((next() + 1) / 2) * this.size.items)), eventTime: Date.now() - (HISTORY - (n % HISTORY)) * 60_000,
    });
    await this.sendEvents(this.size.users * HISTORY, event);
    note(`${this.size.users} users have ${HISTORY} interactions each`);
  }

  /** Sends so many events and waits until they are applied. */
  async sendEvents(count: number, event: (n: number) => object): Promise<void> {
    await inBatches(count, (ns) => this.ask('POST', '/v1/events', { events: ns.map(event) }));
    const store = featureStoreOf(this.state);
    try {
      await caughtUp(store);
    } finally {
      store.close();
    }
  }

  /** Registers the reference models and waits until they answer for 500 candidates. */
  async registerModels(): Promise<void> {
    const { status, body: saved } = await this.ask('PUT', '/v1/placements/reference', PLACEMENT);
    if (status >= 400) throw new Error(`The placement was answered ${status}: ${JSON.stringify(saved)}`);
    const objects = openObjectStore(`file:${join(this.stack.dataDir, 'objects')}`);
    const items = Array.from({ length: this.size.items }, (_, n) => itemId(n));
    const client = createGrpcClient(control.ControlService, { target: `127.0.0.1:${this.state.services.control!.port}`, timeoutMs: 10_000 });
    try {
      for (const [name, kind, { bundle, digest }] of [
        ['retriever', control.ModelKind.RETRIEVER, await writeReferenceRetriever(objects, items)], ['ranker', control.ModelKind.RANKER, await writeReferenceRanker(objects)],
      ] as const) {
        const { model } = await client.registerModelVersion({ tenant: 'default', actor: 'bench', model: { name, kind, bundle, digest, metrics: {} } });
        await this.ask('PUT', `/v1/models/${name}/aliases/champion`, { version: model!.version, force: true, reason: 'the reference of the show' });
      }
    } finally {
      client.close();
    }
    await this.served(({ retriever, ranker }) => retriever !== undefined && ranker !== undefined);
  }

  /** Trains what the platform ships on the world's events, and lets its ranker answer in place of the reference's, for the reference retriever's candidates. Needs a trainer. */
  async serveShippedRanker(): Promise<void> {
    let { body: run } = await this.ask('POST', '/v1/training', { maxSeconds: TRAINING_SECONDS });
    for (; run.state === 'running'; await sleep(500)) ({ body: run } = await this.ask('GET', `/v1/training/${run.id}`));
    const { body: { models } } = await this.ask('GET', '/v1/models');
    const version = Math.max(...(models as readonly { name: string; version: number }[]).filter(({ name }) => name === 'ranker').map((model) => model.version));
    if (version === 1) throw new Error(`The training made no ranker: ${JSON.stringify(run).slice(0, 500)}`);
    const { status, body: saved } = await this.ask('PUT', '/v1/placements/reference', { ...PLACEMENT, retriever: 'retriever@1', ranker: `ranker@${version}` });
    if (status >= 400) throw new Error(`The placement was answered ${status}: ${JSON.stringify(saved)}`);
    await this.served(({ ranker }) => ranker === `ranker@${version}`);
  }

  /** Once models of this kind answer for all candidates. */
  private async served(isWanted: (models: Readonly<Record<string, string>>) => boolean): Promise<void> {
    let last: unknown;
    for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(200)) {
      const { body } = await this.recommend(0, { explain: true });
      last = body;
      const ranked = body.funnel?.find(({ stage }: { stage: string }) => stage === 'ranking')?.in;
      if (ranked === PLACEMENT.candidates && body.degraded?.length === 0 && isWanted(body.models ?? {})) return;
    }
    throw new Error(`The models do not answer: ${JSON.stringify(last).slice(0, 500)}`);
  }
}
