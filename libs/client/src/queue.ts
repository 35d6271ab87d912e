import type { QueuedEvent, Rejection } from './event.js';
import type { Store } from './store.js';

/** Most events of a batch; the gateway takes 500. */
const BATCH_EVENTS = 100;
/** Most events kept: a queue that nothing takes must not fill the page's storage. */
const MOST_EVENTS = 1000;

/**
 * Events that are not known to have arrived, one entry of the store each: adding and removing never rewrites another tab's,
 * and an event is kept before `add` returns.
 */
export interface EventQueue {
  add(event: QueuedEvent): void;
  /** The oldest events that go in one message of about `characters` (at least one event), without those in `except`. */
  batch(characters: number, except?: ReadonlySet<string>): QueuedEvent[];
  remove(event: QueuedEvent): void;
}

const ENTRY = 'e.';

export function openQueue(store: Store, onRejected: (event: QueuedEvent, rejection: Rejection) => void): EventQueue {
  const read = (name: string): QueuedEvent | undefined => {
    try {
      return JSON.parse(store.get(name)!) as QueuedEvent;
    } catch {
      // Another tab sent it meanwhile, or it is none.
      store.delete(name);
      return undefined;
    }
  };
  const remove = ({ eventId }: QueuedEvent): void => store.delete(ENTRY + eventId);
  return {
    add(event) {
      store.set(ENTRY + event.eventId, JSON.stringify(event));
      const names = store.names(ENTRY);
      for (const name of names.slice(0, -MOST_EVENTS)) {
        const oldest = read(name);
        store.delete(name);
        if (oldest) onRejected(oldest, { reason: 'QUEUE_FULL', detail: `More than ${MOST_EVENTS} events wait.` });
      }
    },
    batch(characters, except) {
      const events: QueuedEvent[] = [];
      let left = characters;
      for (const name of store.names(ENTRY)) {
        if (events.length === BATCH_EVENTS) break;
        if (except?.has(name.slice(ENTRY.length))) continue;
        const event = read(name);
        if (!event) continue;
        left -= JSON.stringify(event).length;
        if (left < 0 && events.length > 0) break;
        events.push(event);
      }
      return events;
    },
    remove,
  };
}
