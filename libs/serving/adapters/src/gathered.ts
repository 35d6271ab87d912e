import type { Context } from '@serendip/shared-pipeline';
import { hop, type HopOptions } from './hop.js';

interface Waiting<Result> {
  readonly context: Context;
  readonly resolve: (result: Result | undefined) => void;
  readonly reject: (error: unknown) => void;
}

interface Asked<Request, Result> {
  readonly request: Request;
  readonly waiting: Waiting<Result>[];
}

export interface GatheredCall<Request, Result> {
  /** Sends one message; answers one result for each request, in order. */
  readonly send: (requests: Request[], options: HopOptions) => Promise<readonly Result[]>;
  /** Requests of the same name are asked once; by default none are. */
  readonly nameOf?: (request: Request) => string;
  /** What comes while a message is on its way waits for the next one. */
  readonly oneAtATime?: boolean;
}

/**
 * Puts what is asked in the same turn of the event loop into one message; a request that is alone goes at once and alone. The message has the time
 * of the request that has most and the first one's trace; it is cancelled when nobody waits for it any more. A message that fails, fails all that is in it.
 */
export class Gathered<Request, Result> {
  private asked = new Map<unknown, Asked<Request, Result>>();
  private onItsWay = false;

  constructor(private readonly call: GatheredCall<Request, Result>) {}

  /** Resolves with undefined when the answer has no result for this request. */
  ask(request: Request, context: Context): Promise<Result | undefined> {
    const { asked, call } = this;
    return new Promise((resolve, reject) => {
      if (asked.size === 0 && !this.onItsWay) queueMicrotask(() => void this.send());
      const name = call.nameOf?.(request) ?? Symbol('one of its own');
      const same = asked.get(name);
      if (same === undefined) asked.set(name, { request, waiting: [{ context, resolve, reject }] });
      else same.waiting.push({ context, resolve, reject });
    });
  }

  private async send(): Promise<void> {
    const all = [...this.asked.values()];
    this.asked = new Map();
    const waiting = all.flatMap((entry) => entry.waiting);
    this.onItsWay = this.call.oneAtATime === true;
    try {
      const results = await this.call.send(all.map(({ request }) => request), hop(longest(waiting.map(({ context }) => context))));
      all.forEach((entry, i) => { for (const { resolve } of entry.waiting) resolve(results[i]); });
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
    this.onItsWay = false;
    if (this.call.oneAtATime === true && this.asked.size > 0) await this.send();
  }
}

/** The first one's context, but it lasts as long as the longest, and until the last is cancelled. */
function longest(contexts: readonly Context[]): Context {
  const [first] = contexts;
  if (contexts.length === 1) return first!;
  const everybodyGone = new AbortController();
  let left = contexts.length;
  for (const { signal } of contexts) {
    const gone = (): void => { if (--left === 0) everybodyGone.abort(); };
    if (signal.aborted) gone();
    else signal.addEventListener('abort', gone, { once: true });
  }
  return { ...first, deadlineMs: Math.max(...contexts.map(({ deadlineMs }) => deadlineMs)), signal: everybodyGone.signal };
}
