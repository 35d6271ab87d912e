/** A stack to be hostile to: films and models as always, a large catalogue behind them, and another tenant. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createGrpcClient } from '@serendip/platform-grpc';
import { signCursor } from '@serendip/serving-domain';
import { control } from '@serendip/shared-contracts';
import type { StackState } from '../../shared/stack-process.ts';
import type { GivenTokens } from './hostile-tokens.ts';

const MORE_ITEMS = 10_000;
const A_BATCH = 500;
const OTHER = 'other';
const HOME = { placement: 'home', userId: '1', limit: 5 } as const;

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly degraded: readonly unknown[];
  readonly nextCursor?: string;
  readonly attributionToken: string;
}

/** The public API as a well-behaved client uses it. */
export class Api {
  private readonly url: string;
  private readonly key: string;

  constructor(url: string, key: string) {
    this.url = url;
    this.key = key;
  }

  async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.url + path, {
      method, headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }), signal: AbortSignal.timeout(10_000),
    });
    const answer: unknown = await response.json();
    if (response.status >= 400) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer as T;
  }

  page(request: object): Promise<Page> {
    return this.send('POST', '/v1/recommendations', request);
  }
}

/** Asks until the answer is as wanted, for a minute. */
export async function until<T>(ask: () => Promise<T>, isWanted: (answer: T) => boolean, what: string): Promise<T> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
  }
  throw new Error(`After a minute still not so: ${what}.`);
}

/** Puts items; as often as it takes while a new key is not known, or the log's disk is slow. */
const put = (api: Api, items: readonly object[]): Promise<boolean> => until(() => api.send('POST', '/v1/items:batch', { items }).then(() => true, () => false), Boolean, 'items are taken');

/** Items with much to go through for an expression. */
async function fillCatalogue(api: Api): Promise<void> {
  for (let from = 0; from < MORE_ITEMS; from += A_BATCH) {
    const items = Array.from({ length: A_BATCH }, (_, i) => ({
      id: `more-${from + i}`, title: `More ${'a'.repeat((from + i) % 200)}`, price: (from + i) % 90, categories: ['Comedy', `c-${i % 40}`],
      tags: Array.from({ length: (from + i) % 20 }, (__, tag) => `tag-${tag}`), attributes: { long: 'a'.repeat(500), weight: i },
    }));
    await put(api, items);
  }
}

/** Another tenant's key, and the default tenant's own signing key. */
async function tenants(state: StackState): Promise<{ readonly otherKey: string; readonly signingKey: Uint8Array }> {
  const client = createGrpcClient(control.ControlService, { target: `127.0.0.1:${state.services['control']!.port}`, timeoutMs: 10_000 });
  try {
    await client.createTenant({ id: OTHER, actor: 'chaos' });
    const { secret: otherKey } = await client.createKey({ tenant: OTHER, kind: control.KeyKind.SECRET, actor: 'chaos' });
    for await (const { snapshot } of client.watchConfig({}, {})) {
      const own = snapshot?.tenants.find(({ id }) => id === 'default');
      if (own !== undefined) return { otherKey, signingKey: own.signingKey };
    }
    throw new Error('Control told no configuration.');
  } finally {
    client.close();
  }
}

async function fillOther(api: Api): Promise<Page> {
  await put(api, Array.from({ length: 50 }, (_, i) => ({ id: `other-${i}` })));
  await api.send('POST', '/v1/events', { events: Array.from({ length: 50 }, (_, i) => ({ type: 'view', userId: 'somebody', itemId: `other-${i}` })) });
  return until(() => api.page(HOME), ({ nextCursor }) => nextCursor !== undefined, 'the other tenant has lists');
}

/** Fills the stack, and gets what it signs and gives out. */
export async function prepare(state: StackState): Promise<GivenTokens> {
  const api = new Api(state.gateways[0]!, state.keys.secret);
  await fillCatalogue(api);
  const { otherKey, signingKey } = await tenants(state);
  const other = await fillOther(new Api(state.gateways[0]!, otherKey));
  const own = await until(() => api.page(HOME), ({ nextCursor, degraded }) => nextCursor !== undefined && degraded.length === 0, 'lists have a second page');
  const others = await Promise.all([{ userId: '2' }, { anonymousId: '1', userId: undefined }, { placement: 'trending' }, { exclude: ['9'] }].map((change) => api.page({ ...HOME, ...change })));
  // Genuine in every way but its time: signed with the tenant's own key, for this very list.
  const shape = { items: [], exclude: [] };
  const expired = signCursor({ shown: [1, 2, 3], expiresAtMs: Date.now() - 1000 }, { placement: 'home', visitor: { kind: 'user', id: '1' }, shape }, signingKey);
  const { nextCursor: pageToken } = await until(() => api.send<{ readonly nextCursor?: string }>('GET', '/v1/items?limit=5'), ({ nextCursor }) => nextCursor !== undefined, 'items have pages');
  return {
    cursor: own.nextCursor!, foreignCursors: [other.nextCursor!, expired, ...others.flatMap(({ nextCursor }) => nextCursor ?? [])], pageToken: pageToken!,
    attributionToken: own.attributionToken, foreignAttributionTokens: [other.attributionToken],
  };
}
