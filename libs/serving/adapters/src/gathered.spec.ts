import { describe, expect, it } from '@jest/globals';
import type { Context } from '@serendip/shared-pipeline';
import { Gathered } from './gathered.js';

const context = (more: Partial<Context> = {}): Context => ({ deadlineMs: performance.now() + 1000, signal: new AbortController().signal, ...more });

function doubling(nameOf?: (n: number) => string) {
  const messages: { readonly requests: readonly number[]; readonly timeoutMs: number; readonly signal: AbortSignal; readonly traceId?: string }[] = [];
  const gathered = new Gathered<number, number>({
    send: async (requests, options) => {
      messages.push({ requests: [...requests], ...options });
      return requests.filter((n) => n < 100).map((n) => n * 2);
    },
    ...(nameOf === undefined ? {} : { nameOf }),
  });
  return { messages, gathered };
}

describe('Gathered', () => {
  it('asks what comes in one turn in one message, in order, and what comes later in another', async () => {
    const { gathered, messages } = doubling();
    expect(await Promise.all([3, 1, 3].map((n) => gathered.ask(n, context())))).toEqual([6, 2, 6]);
    expect(await gathered.ask(4, context())).toBe(8);
    expect(messages.map(({ requests }) => requests)).toEqual([[3, 1, 3], [4]]);
  });

  it('asks what has the same name once', async () => {
    const { gathered, messages } = doubling(String);
    expect(await Promise.all([3, 1, 3].map((n) => gathered.ask(n, context())))).toEqual([6, 2, 6]);
    expect(messages.map(({ requests }) => requests)).toEqual([[3, 1]]);
  });

  it('sends one message at a time if it should: what comes meanwhile goes in the next one', async () => {
    const messages: number[][] = [];
    const answers: (() => void)[] = [];
    const gathered = new Gathered<number, number>({ oneAtATime: true, nameOf: String, send: (requests) => {
      messages.push([...requests]);
      return new Promise((resolve, reject) => answers.push(() => (messages.length === 2 ? reject(new Error('gone')) : resolve(requests.map((n) => n * 2)))));
    } });
    const turn = () => new Promise(setImmediate);
    const first = gathered.ask(1, context());
    await turn();
    const meanwhile = [1, 2, 1].map((n) => gathered.ask(n, context()));
    await turn();
    expect(messages).toEqual([[1]]);
    answers[0]!();
    expect(await first).toBe(2);
    const failed = Promise.allSettled(meanwhile);
    await turn();
    expect(messages).toEqual([[1], [1, 2]]);
    answers[1]!();
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    const last = gathered.ask(3, context());
    await turn();
    answers[2]!();
    expect(await last).toBe(6);
  });

  it('gives a message the trace of who asked first', async () => {
    const { gathered, messages } = doubling(String);
    await Promise.all([gathered.ask(1, context({ traceId: 'first' })), gathered.ask(2, context({ traceId: 'second' }))]);
    await gathered.ask(3, context({ traceId: 'third' }));
    expect(messages.map(({ traceId }) => traceId)).toEqual(['first', 'third']);
  });

  it('has no result for what was not answered, and fails all of a message that fails', async () => {
    const { gathered } = doubling();
    expect(await Promise.all([1, 100].map((n) => gathered.ask(n, context())))).toEqual([2, undefined]);
    const broken = new Gathered<number, number>({ send: async () => { throw new Error('gone'); } });
    expect(await Promise.allSettled([1, 2].map((n) => broken.ask(n, context())))).toEqual([1, 2].map(() => expect.objectContaining({ reason: new Error('gone') })));
  });

  it('gives a message the time of who has most, and ends it with the last who waits', async () => {
    const { gathered, messages } = doubling();
    const [first, second] = [new AbortController(), new AbortController()];
    const now = performance.now();
    await Promise.all([gathered.ask(1, context({ deadlineMs: now + 60_000, signal: first.signal })), gathered.ask(2, context({ deadlineMs: now + 10, signal: second.signal }))]);
    const [{ timeoutMs, signal }] = messages as [(typeof messages)[number]];
    expect(timeoutMs).toBeGreaterThan(50_000);
    first.abort();
    expect(signal.aborted).toBe(false);
    second.abort();
    expect(signal.aborted).toBe(true);
  });
});
