import { setFlagsFromString } from 'node:v8';

/** How much the heap may grow between two full collections, in percent of what was left by the last, and bytes that it may grow in any case. */
const GROWTH_PERCENT = 100;
const LEAST_GROWTH = 96 * 1024 * 1024;
const CHECK_MS = 10_000;

/**
 * Lets the heap double before it is collected as a whole, a small one more than that, and counts the memory of messages into it. Left to itself, V8
 * collects after a few megabytes of either: a service with a catalogue in memory then marks all of it twice a second, which was a third of its
 * work. And lets nothing begin its life among what is old: a service that first reads its catalogue teaches V8 that messages live long, so that those of
 * requests would be put there too, and wait for a full collection. It is the first thing a service's `main` does.
 */
export function spareFullCollections(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  allowGrowth();
  setInterval(allowGrowth, CHECK_MS).unref();
}

function allowGrowth(): void {
  const percent = Math.max(GROWTH_PERCENT, Math.ceil((100 * LEAST_GROWTH) / process.memoryUsage().heapUsed));
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}
