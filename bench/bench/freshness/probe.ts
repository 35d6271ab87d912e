/** One event of one person, and how long it is until an answer reflects it; one request at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../../chaos/serve/http.ts';
import type { FeatureStore } from '../../shared/filling.ts';
import type { StackState } from '../../shared/stack-process.ts';
import { UserStateView } from '@serendip/shared-layouts';
import type { Person } from './people.ts';

/** From one answer that does not reflect the event to the next question. */
const GAP_MS = 1;
const GIVE_UP_MS = 2000;
const PATIENCE_MS = 30_000;
const LIMIT = 10;

interface Explained {
  readonly items: readonly { readonly id: string; readonly explain: { readonly modelScore?: number; readonly retrieval?: { readonly personal?: number } } }[];
  readonly models: { readonly retriever?: string; readonly ranker?: string };
  readonly degraded: readonly unknown[];
  readonly userState?: { readonly position: number };
}

export interface Probed {
  readonly interactions: number;
  /** From the 202 to the first answer that reflects the event; undefined when none did. */
  readonly freshMs: number | undefined;
  /** From the 202 until the feature store's own reads have the event, for another event of the same person. */
  readonly appliedMs: number | undefined;
  /** A list as anybody asks for it, in the same traffic. */
  readonly plainMs: number;
  /** The answer that reflected the event alone. */
  readonly lastAnswerMs: number;
  readonly acknowledgedMs: number;
  readonly answers: number;
}

const timed = async <T>(work: Promise<T>): Promise<readonly [T, number]> => {
  const began = performance.now();
  return [await work, performance.now() - began];
};

export class Prober {
  private readonly state: StackState;
  private readonly store: FeatureStore;

  constructor(state: StackState, store: FeatureStore) {
    this.state = state;
    this.store = store;
  }

  /** Asks for lists of these users, one after the other, for so long. */
  async warmUp(userIds: readonly string[], forMs: number): Promise<void> {
    const until = performance.now() + forMs;
    for (let n = 0; performance.now() < until; n++) await this.explained(userIds[n % userIds.length]!);
  }

  async probe({ userId, interactions }: Person): Promise<Probed> {
    const { publishable, secret } = this.state.keys;
    const [, plainMs] = await timed(this.list(userId, publishable, {}));
    const before = await this.explained(userId);
    if (before.items.length === 0) throw new Error(`There is nothing to recommend to ${userId}.`);
    await sleep(Math.random() * 100);
    const first = await this.click(userId, before.items[Math.floor(Math.random() * before.items.length)]!.id, secret);
    const seen = await this.untilReflected(userId, before, first);
    await sleep(Math.random() * 100);
    const second = await this.click(userId, before.items[0]!.id, secret);
    const appliedMs = await this.untilApplied(userId, second);
    return { interactions, plainMs, acknowledgedMs: first.tookMs, appliedMs, ...seen };
  }

  private async untilReflected(userId: string, before: Explained, { position, atMs }: Clicked): Promise<Pick<Probed, 'freshMs' | 'lastAnswerMs' | 'answers'>> {
    for (let answers = 1; ; answers++) {
      const [answer, lastAnswerMs] = await timed(this.explained(userId));
      const freshMs = performance.now() - atMs;
      if (reflects(answer, before, position)) return { freshMs, lastAnswerMs, answers };
      if (freshMs > GIVE_UP_MS) return { freshMs: undefined, lastAnswerMs, answers };
      await sleep(GAP_MS);
    }
  }

  private async untilApplied(userId: string, { position, atMs }: Clicked): Promise<number | undefined> {
    for (;;) {
      const { results: [state] } = await this.store.readUserStates({ requests: [{ tenant: 'default', userId }] });
      const appliedMs = performance.now() - atMs;
      if (new UserStateView(state!.record).position >= position) return appliedMs;
      if (appliedMs > GIVE_UP_MS) return undefined;
      await sleep(GAP_MS);
    }
  }

  private async click(userId: string, itemId: string, key: string): Promise<Clicked> {
    const [{ status, body }, tookMs] = await timed(send(`${this.state.gateways[0]}/v1/events?positions=true`, { method: 'POST', key, body: { type: 'click', userId, itemId }, timeoutMs: PATIENCE_MS }));
    const atMs = performance.now();
    if (status !== 202) throw new Error(`An event was answered ${status}: ${JSON.stringify(body)}`);
    return { position: body.positions[0].position, atMs, tookMs };
  }

  private async explained(userId: string): Promise<Explained> {
    return this.list(userId, this.state.keys.secret, { explain: true });
  }

  private async list(userId: string, key: string, more: object): Promise<Explained> {
    const { status, body } = await send(`${this.state.gateways[0]}/v1/recommendations`, { method: 'POST', key, body: { placement: 'home', userId, limit: LIMIT, ...more }, timeoutMs: PATIENCE_MS });
    if (status !== 200) throw new Error(`A list was answered ${status}: ${JSON.stringify(body)}`);
    return body as Explained;
  }
}

interface Clicked {
  readonly position: number;
  /** When the 202 had arrived. */
  readonly atMs: number;
  readonly tookMs: number;
}

/** Whole, made of a state that has the event, by the same models, and each of them has said something else than before. */
function reflects(answer: Explained, before: Explained, position: number): boolean {
  const { retriever, ranker } = answer.models;
  const sameModels = retriever !== undefined && ranker !== undefined && retriever === before.models.retriever && ranker === before.models.ranker;
  if (answer.degraded.length > 0 || (answer.userState?.position ?? -1) < position || !sameModels) return false;
  return hasChanged(answer, before, ({ retrieval }) => retrieval?.personal) && hasChanged(answer, before, ({ modelScore }) => modelScore);
}

type Explanation = Explained['items'][number]['explain'];

/** Whether a score of what both answers list is another one. Where they have nothing in common, all of it is, as long as there is such a score. */
function hasChanged(answer: Explained, before: Explained, scoreOf: (explanation: Explanation) => number | undefined): boolean {
  const known = new Map(before.items.map(({ id, explain }) => [id, scoreOf(explain)]));
  const scored = answer.items.filter(({ explain }) => scoreOf(explain) !== undefined);
  const common = scored.filter(({ id }) => known.has(id));
  return common.length === 0 ? scored.length > 0 : common.some(({ id, explain }) => known.get(id) !== scoreOf(explain));
}
