/** What the platform stored of a user. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createGrpcClient } from '@serendip/platform-grpc';
import { features } from '@serendip/shared-contracts';
import { hash64 } from '@serendip/shared-identity';
import { UserStateView } from '@serendip/shared-layouts';
import type { StackState } from '../../shared/stack-process.ts';

export interface StoredEvent {
  readonly type: string;
  readonly itemId?: string;
  readonly value?: number;
}

export async function call(state: StackState, path: string, body?: unknown): Promise<Record<string, any>> {
  const response = await fetch(state.gateways[0] + path, {
    method: body === undefined ? 'GET' : 'POST', headers: { authorization: `Bearer ${state.keys.secret}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return await response.json() as Record<string, any>;
}

/** All that the platform stored of a user, once it stays the same for two seconds. */
export async function storedEvents(state: StackState, userId: string): Promise<StoredEvent[]> {
  let before = -1;
  for (;;) {
    const events: StoredEvent[] = [];
    let cursor = '';
    do {
      const page = await call(state, `/v1/users/${userId}/events?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      events.push(...page.events);
      cursor = page.nextCursor ?? '';
    } while (cursor !== '');
    if (events.length === before) return events;
    before = events.length;
    await sleep(2000);
  }
}

/** How many impressions are counted for each item; the public API lists what users did, not what they saw. */
export async function storedImpressions(state: StackState, userId: string, items: readonly string[]): Promise<number[]> {
  const client = createGrpcClient(features.FeatureStoreService, { target: `127.0.0.1:${state.services['feature-store']!.port}` });
  try {
    const { results } = await client.readUserStates({ requests: [{ tenant: 'default', userId }] });
    const view = new UserStateView(results[0]?.record ?? new Uint8Array(0));
    return items.map((item) => {
      const { lo, hi } = hash64(item);
      for (let i = 0; i < view.impressions; i++) if (view.impressionLo(i) === lo && view.impressionHi(i) === hi) return view.impressionCount(i);
      return 0;
    });
  } finally {
    client.close();
  }
}
