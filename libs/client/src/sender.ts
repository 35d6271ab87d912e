import { LONGEST_MS, retryDelay } from './backoff.js';
import type { Environment } from './environment.js';
import type { QueuedEvent, Rejection } from './event.js';
import { mayPass, type Gateways } from './gateways.js';
import type { EventQueue } from './queue.js';
import type { Rejected, SerendipError } from './serendip-error.js';
import type { Store } from './store.js';

/** At most three bytes a character: below the gateway's 512 KiB, and the browsers' 64 KiB for beacons. */
const BATCH_CHARACTERS = 160_000;
const BEACON_CHARACTERS = 20_000;
const TIMEOUT_MS = 10_000;
const LONGEST_WAIT_MS = 3_600_000;
/** Until when nobody may send: kept, so that other tabs and the next page wait as well. */
const WAIT = 'wait';

/** Brings what is in the queue to the platform. An event leaves the queue when the platform took it or refused it for good. */
export interface Sender {
  /** Sends within the interval. */
  soon(): void;
  /** Sends now all that is queued, unless the gateway asked to wait. Never rejects; stops at the first failure. */
  flush(): Promise<void>;
  /** Hands the browser what it may send when the page is gone. Nobody hears whether it arrived, so it stays in the queue. */
  beacon(): void;
  stop(): void;
}

interface SenderParts {
  readonly env: Environment;
  readonly store: Store;
  readonly queue: EventQueue;
  readonly gateways: Gateways;
  readonly lock: string;
  readonly intervalMs: number;
  readonly hasConsent: () => boolean;
  readonly onRejected: (event: QueuedEvent, rejection: Rejection) => void;
}

/** Why an event of a batch was not taken; undefined when it was. */
const reasonIn = (rejected: Rejected) => (index: number): Rejection | undefined => rejected.find((entry) => entry.index === index);

export function createSender({ env, store, queue, gateways, lock, intervalMs, hasConsent, onRejected }: SenderParts): Sender {
  const beaconed = new Set<string>();
  let cancel: (() => void) | undefined;
  let turn: Promise<void> = Promise.resolve();
  let failures = 0;

  const schedule = (ms: number): void => {
    cancel ??= env.after(ms, () => {
      cancel = undefined;
      void flush();
    });
  };

  const settle = (batch: readonly QueuedEvent[], rejectionOf: (index: number) => Rejection | undefined): void => batch.forEach((event, index) => {
    const rejection = rejectionOf(index);
    if (rejection?.reason === 'IN_FUTURE' && event.eventTime) {
      // This clock is wrong: the platform's time of receipt is nearer.
      queue.add({ ...event, eventTime: undefined });
      return;
    }
    queue.remove(event);
    if (rejection) onRejected(event, rejection);
  });

  function failed(batch: readonly QueuedEvent[], error: SerendipError): boolean {
    const { status, reason, message: detail, rejected } = error;
    if ([400, 413, 415, 422].includes(status)) {
      settle(batch, rejected.length > 0 ? reasonIn(rejected) : () => ({ reason, detail }));
      return true;
    }
    // A key or an address that is wrong is no fault of the events: they wait, but not at the server's expense.
    if (!mayPass(error)) console.warn(`Serendip: ${detail}`);
    const retryAfterMs = Math.min(LONGEST_WAIT_MS, mayPass(error) ? error.retryAfterMs : LONGEST_MS);
    const ms = retryDelay(failures++, { retryAfterMs, random: env.random() });
    store.set(WAIT, String(env.now() + ms));
    schedule(ms);
    return false;
  }

  /** Whether there may be more to send. */
  async function sendBatch(): Promise<boolean> {
    if (!hasConsent()) return false;
    const waitMs = Number(store.get(WAIT) ?? 0) - env.now();
    const batch = queue.batch(BATCH_CHARACTERS);
    if (batch.length === 0) return false;
    // A longer one was written by another clock.
    if (waitMs > 0 && waitMs <= LONGEST_WAIT_MS + LONGEST_MS) {
      schedule(waitMs);
      return false;
    }
    try {
      const { rejected = [] } = await gateways.post({ path: '', body: { events: batch }, timeoutMs: TIMEOUT_MS, simple: true }) as { rejected?: Rejected };
      if (!hasConsent()) return false;
      failures = 0;
      store.delete(WAIT);
      settle(batch, reasonIn(rejected));
      return true;
    } catch (error) {
      return hasConsent() && failed(batch, error as SerendipError);
    }
  }

  async function run(): Promise<void> {
    while (await env.exclusive(lock, sendBatch));
  }

  function flush(): Promise<void> {
    turn = turn.then(run).catch(() => undefined);
    return turn;
  }

  return {
    soon: () => schedule(intervalMs),
    flush,
    beacon() {
      for (let batch = queue.batch(BEACON_CHARACTERS, beaconed); batch.length > 0; batch = queue.batch(BEACON_CHARACTERS, beaconed)) {
        if (!env.beacon(gateways.eventsUrl(), JSON.stringify({ events: batch }))) return;
        batch.forEach(({ eventId }) => beaconed.add(eventId));
      }
    },
    stop: () => cancel?.(),
  };
}
