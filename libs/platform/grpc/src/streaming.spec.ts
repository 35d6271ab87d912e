import { afterEach, describe, expect, it } from '@jest/globals';
import { DomainError } from '@serendip/shared-errors';
import { signal, startFixture, type Fixture } from './grpc.fixture.js';

const started: Fixture[] = [];
const start = async (...args: Parameters<typeof startFixture>): Promise<Fixture> => {
  const fixture = await startFixture(...args);
  started.push(fixture);
  return fixture;
};
afterEach(async () => {
  await Promise.all(started.splice(0).map((fixture) => fixture.close()));
});

const stage = (text: string) => ({ run: { stage: text } });

describe('a server stream', () => {
  it('answers every response in order and ends', async () => {
    const { client } = await start({ watchTraining: async function* () { for (let i = 0; i < 100; i++) yield stage(`${i}`); } });
    const seen: (string | undefined)[] = [];
    for await (const { run } of client.watchTraining({})) seen.push(run?.stage);
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
  });

  it('fails with what its handler threw, after what it sent', async () => {
    const { client } = await start({
      watchTraining: async function* () {
        yield stage('one');
        throw new DomainError('OUT_OF_RANGE', 'GONE', 'That is gone.', { metadata: { first: '7' } });
      },
    });
    const seen: unknown[] = [];
    const reading = (async () => { for await (const { run } of client.watchTraining({})) seen.push(run?.stage); })();
    await expect(reading).rejects.toMatchObject({ code: 'OUT_OF_RANGE', reason: 'GONE', metadata: { first: '7' } });
    expect(seen).toEqual(['one']);
  });

  it.each([
    ['throws before it begins', () => { throw new Error('no'); }],
    ['is no stream', () => 7],
    ['throws when it is left', () => ({ [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: {} }), return: () => { throw new Error('no'); } }) })],
    ['sends another shape', async function* () { yield { run: { models: 7 } }; }],
  ])('never stops the server: it %s', async (_, watchTraining) => {
    const { client } = await start({ watchTraining: watchTraining as never });
    const read = async (): Promise<void> => { for await (const response of client.watchTraining({})) if (response) break; };
    await read().catch((error: DomainError) => expect(error.code).toBe('INTERNAL'));
    await client.startTraining({});
  });

  it('is pulled no faster than it is read', async () => {
    let made = 0;
    const big = 'x'.repeat(1024 * 1024);
    const stopped = signal();
    const { client } = await start({
      watchTraining: async function* () {
        try {
          for (;;) yield (made++, stage(big));
        } finally {
          stopped.resolve();
        }
      },
    });
    let read = 0;
    for await (const _ of client.watchTraining({})) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (++read === 30) break;
    }
    await stopped.promise;
    expect(made).toBeGreaterThanOrEqual(30);
    expect(made).toBeLessThan(120);
  });

  it('stops its generator when the reader leaves, even one that waits', async () => {
    const [waiting, stopped] = [signal(), signal()];
    const { client } = await start({
      watchTraining: async function* (_, { signal: gone }) {
        try {
          yield stage('one');
          waiting.resolve();
          await new Promise((resolve) => gone.addEventListener('abort', resolve));
          yield stage('nobody reads this');
        } finally {
          stopped.resolve();
        }
      },
    });
    for await (const _ of client.watchTraining({})) {
      await waiting.promise;
      break;
    }
    await stopped.promise;
  });

  it('ends with CANCELLED for a reader who aborts', async () => {
    const { client } = await start({ watchTraining: async function* (_, { signal: gone }) { yield stage('one'); await new Promise((resolve) => gone.addEventListener('abort', resolve)); } });
    const stop = new AbortController();
    const reading = (async () => { for await (const _ of client.watchTraining({}, { signal: stop.signal })) stop.abort(); })();
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('ends with SHUTTING_DOWN when the server closes, without waiting for the hard stop', async () => {
    const watching = signal();
    const { client, server, logged } = await start({
      watchTraining: async function* (_, { signal: gone }) { yield stage('one'); await new Promise((resolve) => gone.addEventListener('abort', resolve)); },
    }, { drainMs: 60_000 });
    const reading = (async () => { for await (const _ of client.watchTraining({})) watching.resolve(); })();
    const ended = expect(reading).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'SHUTTING_DOWN' });
    await watching.promise;
    await server.close();
    await ended;
    expect(logged).toEqual([]);
  });
});
