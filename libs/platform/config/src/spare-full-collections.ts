import { setFlagsFromString } from 'node:v8';

/** How much the heap may grow between two full collections, in percent of what was left by the last. */
const GROWTH_PERCENT = 100;

/**
 * Lets the heap double before it is collected as a whole, and counts the memory of messages into that. Left to itself, V8 does it after a few megabytes of
 * either: a service with a catalogue in memory then marks all of it twice a second, which was a third of its work. It is the first thing a
 * service's `main` does.
 */
export function spareFullCollections(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setFlagsFromString('--external-memory-accounted-in-global-limit');
}
