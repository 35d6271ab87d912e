import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a condition holds; fails after five seconds. */
export async function eventually(condition: () => boolean): Promise<void> {
  const until = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > until) throw new Error('This did not become true.');
    await sleep(1);
  }
}
