import { createAttribution } from './attribution.js';
import { browser, type Environment } from './environment.js';
import type { Context, EventOf, EventType, QueuedEvent, Rejection } from './event.js';
import { connect } from './gateways.js';
import { newId } from './ids.js';
import { openQueue } from './queue.js';
import type { FallbackItem, RecommendOptions, RecommendationRequest, Recommendations } from './recommendation.js';
import { createSender } from './sender.js';
import { SerendipError } from './serendip-error.js';
import { openStore } from './store.js';
import { anonymousIdOf, noteSignIn, sessionIdOf, type Who } from './visitor.js';

export interface ClientOptions {
  /** Address of the gateway, or of several: when one fails or is silent, the next is asked. */
  readonly gateway: string | readonly [string, ...string[]];
  /** A publishable key, `pk_…`. */
  readonly key: string;
  /**
   * The visitor's answer: without `true` nothing is stored or sent, and no identifier is made; `false` forgets what was kept. Leave
   * it out while you don't know yet, and call `setConsent` when you do.
   */
  readonly consent?: boolean | undefined;
  /** Your id of whoever has signed in. */
  readonly userId?: string | undefined;
  /** Goes with every event and request, for example `{ device: 'mobile' }`. */
  readonly context?: Context;
  /** Hears of each event that will never be taken; it is gone from the queue. */
  readonly onRejected?: (event: QueuedEvent, rejection: Rejection) => void;
  /** Events wait at most so long for others to go with them; 1,000 if left out. */
  readonly flushIntervalMs?: number;
  /** How long an event about a listed item belongs to the list; 24 hours if left out. */
  readonly attributionMs?: number;
}

/** Sends what visitors do, and asks what to show them. */
export interface Client {
  /** Keeps an event until the platform has it, and sends it soon. Without consent it does nothing. */
  track<Type extends EventType>(type: Type, event: EventOf<Type>): void;
  /** Sends now what is queued, so that the next list knows. Resolves when all is sent, or when sending must wait. Never rejects. */
  flush(): Promise<void>;
  /** A list for a placement. Rejects with a SerendipError, and with a fallback never. */
  recommend<Fields = Readonly<Record<string, unknown>>>(request: RecommendationRequest, options?: RecommendOptions<Fields>): Promise<Recommendations<Fields>>;
  /** Says who has signed in, or with `undefined` that nobody has. What is queued stays with whoever did it. */
  identify(userId: string | undefined): void;
  /** The visitor's answer. Withdrawing forgets the identifiers, the queue and the lists, here and in other tabs. */
  setConsent(consent: boolean): void;
  /** The anonymous id, to merge it into the user on your server after sign-in; undefined without consent. */
  readonly anonymousId: string | undefined;
  /** Calls when consent or user change; answers how to stop. */
  subscribe(listener: () => void): () => void;
  /** Stops timers and listeners. What is queued is sent by the next page. */
  close(): void;
}

const SECOND_AFTER_SHARE = 0.3;
const CONSENT = 'consent';

/** Makes the client of a page; one for each key is enough. `env` is for tests. */
export function createClient(options: ClientOptions, env: Environment = browser()): Client {
  const { key, context, onRejected = () => undefined, flushIntervalMs = 1000, attributionMs = 24 * 3_600_000 } = options;
  const prefix = `serendip.${key}.`;
  const urls = [options.gateway].flat().map((url) => url.replace(/\/$/, ''));
  const store = openStore(env.storage, prefix);
  const queue = openQueue(store, onRejected);
  const gateways = connect(urls, { key, env });
  const attribution = createAttribution(store, attributionMs);
  const listeners = new Set<() => void>();
  let { consent, userId } = options;
  const sender = createSender({ env, store, queue, gateways, onRejected, lock: prefix, intervalMs: flushIntervalMs, hasConsent: () => consent === true });

  const who = (): Who & { readonly sessionId: string } => {
    const nowMs = env.now();
    return { ...(userId === undefined ? { anonymousId: anonymousIdOf(store, nowMs) } : { userId }), sessionId: sessionIdOf(store, nowMs) };
  };
  const changed = (): void => listeners.forEach((listener) => listener());

  function setConsent(given: boolean): void {
    if (consent === given) return;
    consent = given;
    applyConsent();
    changed();
  }

  function applyConsent(): void {
    if (consent) {
      store.set(CONSENT, '');
      noteSignIn(store, userId !== undefined);
      sender.soon();
    }
    if (consent !== false) return;
    gateways.abort();
    attribution.forget();
    store.clear();
  }

  async function ask<Fields>({ impersonal, ...request }: RecommendationRequest, timeoutMs: number): Promise<Recommendations<Fields>> {
    if (!consent && !impersonal) throw new SerendipError('NO_CONSENT', 'The visitor has not agreed.');
    const body = { ...(impersonal ? {} : who()), ...request, ...(context || request.context ? { context: { ...context, ...request.context } } : {}) };
    const list = await gateways.post({ path: '/v1/recommendations', body, timeoutMs, secondAfterMs: timeoutMs * SECOND_AFTER_SHARE }) as Recommendations<Fields>;
    if (!Array.isArray(list.items)) throw new SerendipError('ANSWER_INVALID', 'The answer has no items.');
    if (consent) attribution.remember(list, env.now());
    return list;
  }

  const stops = [
    env.onHide(() => { if (consent) sender.beacon(); }),
    // Another tab withdrew consent: it holds for this one too.
    env.onRemoved((name) => { if (name === prefix + CONSENT) setConsent(false); }),
  ];
  applyConsent();

  return {
    track(type, event) {
      if (!consent) return;
      const nowMs = env.now();
      const { context: own, ...details } = event;
      queue.add({
        eventId: newId(nowMs), type, eventTime: nowMs, ...who(), ...attribution.of(event, nowMs), ...details,
        ...(context || own ? { context: { ...context, ...own } } : {}),
      });
      sender.soon();
    },
    flush: () => sender.flush(),
    async recommend(request, { fallback, timeoutMs = 2000 } = {}) {
      const startedMs = env.now();
      try {
        return await ask(request, timeoutMs);
      } catch (error) {
        if (!fallback) throw error;
        const reason = error instanceof SerendipError ? error.reason : 'CLIENT';
        return fallbackList(await resolveFallback(fallback), { placement: request.placement, reason, tookMs: env.now() - startedMs });
      }
    },
    identify(next) {
      if (next === userId) return;
      userId = next;
      if (consent) noteSignIn(store, next !== undefined);
      changed();
    },
    setConsent,
    get anonymousId() {
      return consent ? anonymousIdOf(store, env.now()) : undefined;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      sender.stop();
      stops.forEach((stop) => stop());
    },
  };
}

/** The application's own list; an empty one when getting it fails. */
async function resolveFallback<Fields>(fallback: NonNullable<RecommendOptions<Fields>['fallback']>): Promise<readonly FallbackItem<Fields>[]> {
  try {
    return typeof fallback === 'function' ? await fallback() : fallback;
  } catch {
    return [];
  }
}

function fallbackList<Fields>(items: readonly FallbackItem<Fields>[], facts: { readonly placement: string; readonly reason: string; readonly tookMs: number }): Recommendations<Fields> {
  const { placement, reason, tookMs } = facts;
  return {
    placement, tookMs, experiments: [], models: {}, degraded: [{ stage: 'client', reason }],
    items: items.map((item, i) => ({ ...item, score: 0, rank: i + 1, source: 'fallback' })),
  };
}
