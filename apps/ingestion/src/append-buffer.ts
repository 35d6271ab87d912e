import { DomainError } from '@serendip/shared-errors';

const MOST_EVENTS = 20_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** Bounds what waits for the log: beyond it callers are told to come back, and memory stays flat. */
export class AppendBuffer {
  events = 0;
  bytes = 0;

  /** Runs an append within the bounds. Throws RESOURCE_EXHAUSTED/OVERLOADED, or UNAVAILABLE/LOG_SLOW once the deadline has passed. */
  async run<T>({ events, bytes, deadlineMs }: { readonly events: number; readonly bytes: number; readonly deadlineMs: number }, append: () => Promise<T>): Promise<T> {
    if (this.events + events > MOST_EVENTS || this.bytes + bytes > MOST_BYTES) {
      throw new DomainError('RESOURCE_EXHAUSTED', 'OVERLOADED', 'More events wait for the log than fit: send them again a little later.', { metadata: { retryAfterMs: '500' } });
    }
    this.events += events;
    this.bytes += bytes;
    const appended = append().finally(() => {
      this.events -= events;
      this.bytes -= bytes;
    });
    return inTime(appended, deadlineMs);
  }
}

/** What is late may be in the log all the same: it is safe to send again under the same event ids. */
async function inTime<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  if (!Number.isFinite(deadlineMs)) return work;
  work.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DomainError('UNAVAILABLE', 'LOG_SLOW', 'The log did not say in time that the events are durable: send them again with the same eventId.')), Math.max(0, deadlineMs - Date.now()));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
