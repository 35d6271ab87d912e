import { AskingTime } from '@serendip/shared-pipeline';

/** Milliseconds that a request may spend on asking its rules about documents, and what it has for that even when its time is over. */
const MOST_MS = 20;
const LEAST_MS = 1;
/** What the requests of a batch may spend together. */
const MOST_OF_BATCH_MS = 100;

/** What a request with this deadline (monotonic milliseconds) has for asking its rules, of what its batch has. */
export const askingTimeBefore = (deadlineMs: number, batch?: AskingTime): AskingTime =>
  new AskingTime({ mostMs: Math.min(MOST_MS, Math.max(LEAST_MS, deadlineMs - performance.now())), shared: batch });

/** What the requests of a batch share. */
export const askingTimeOfBatch = (): AskingTime => new AskingTime({ mostMs: MOST_OF_BATCH_MS });
