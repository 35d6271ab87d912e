import { afterEach, describe, expect, it } from '@jest/globals';
import { create, fromBinary, platform, toBinary, training } from '@serendip/shared-contracts';
import fc from 'fast-check';
import { Exchange } from './exchange-client.js';
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from './exchange-frames.js';
import { signal, startFixture, type Fixture } from './grpc.fixture.js';
import type { Status } from './wire-error.js';

const { ExchangeRequestSchema, ExchangeResponseSchema } = platform;
const method = '/serendip.training.v1.TrainerService/StartTraining';

describe('frames', () => {
  const uint32 = fc.nat({ max: 0xffff_ffff });
  const bytes = fc.uint8Array({ maxLength: 300 });

  it('are the messages of the contract', () => {
    fc.assert(fc.property(fc.record({ call: uint32, method: fc.string({ unit: 'grapheme' }), timeoutMs: uint32, traceId: fc.string(), body: bytes }), (frame) => {
      expect(fromBinary(ExchangeRequestSchema, encodeRequest(frame))).toEqual(create(ExchangeRequestSchema, frame));
      expect(decodeRequest(toBinary(ExchangeRequestSchema, create(ExchangeRequestSchema, frame)))).toEqual(frame);
    }));
    fc.assert(fc.property(fc.record({ call: uint32, body: bytes, code: uint32, details: fc.string({ unit: 'grapheme' }), reason: fc.string(), facts: bytes, refused: fc.boolean() }), (frame) => {
      expect(fromBinary(ExchangeResponseSchema, encodeResponse(frame))).toEqual(create(ExchangeResponseSchema, frame));
      expect(decodeResponse(toBinary(ExchangeResponseSchema, create(ExchangeResponseSchema, frame)))).toEqual(frame);
    }));
  });

  it('skip fields that a newer peer may send', () => {
    expect(decodeRequest(Buffer.concat([Buffer.from([0x7a, 0x01, 0xff]), encodeRequest({ call: 7, method: 'm', timeoutMs: 0, traceId: '', body: Buffer.of(1) })]))).toMatchObject({ call: 7, method: 'm' });
  });
});

describe('an exchange', () => {
  const started: Fixture[] = [];
  const closers: (() => void)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) close();
    await Promise.all(started.splice(0).map((fixture) => fixture.close()));
  });

  async function start(...args: Parameters<typeof startFixture>): Promise<Fixture> {
    const fixture = await startFixture(...args);
    started.push(fixture);
    return fixture;
  }

  function exchangeOf(port: number, streamMs?: number): Exchange {
    const exchange = new Exchange(`127.0.0.1:${port}`, streamMs);
    closers.push(() => exchange.close());
    return exchange;
  }

  function exchangeWith({ server }: Fixture, streamMs?: number): (tenant: string, timeoutMs?: number) => Promise<string> {
    const exchange = exchangeOf(server.port, streamMs);
    return (tenant, timeoutMs = 5_000) => new Promise((resolve, reject) => {
      const body = Buffer.from(toBinary(training.StartTrainingRequestSchema, create(training.StartTrainingRequestSchema, { tenant })));
      exchange.call({
        method, body, deadlineMs: Date.now() + timeoutMs, traceId: '',
        done: (failure: Status | null, response) => (failure === null ? resolve(fromBinary(training.StartTrainingResponseSchema, response!).run!.tenant) : reject(new Error(failure.details))),
        alone: () => { throw new Error('called alone'); },
      });
    });
  }

  it('gives every caller its own answer, in whatever order they come', async () => {
    const ask = exchangeWith(await start({
      startTraining: async ({ tenant }) => {
        await new Promise((resolve) => setTimeout(resolve, Number(tenant) % 7));
        return { run: { tenant } };
      },
    }));
    const tenants = Array.from({ length: 200 }, (_, i) => `${(i * 37) % 200}`);
    expect(await Promise.all(tenants.map((tenant) => ask(tenant)))).toEqual(tenants);
  });

  it('replaces its streams and loses no call by it', async () => {
    const ask = exchangeWith(await start(), 20);
    const end = Date.now() + 600;
    await Promise.all(Array.from({ length: 8 }, async () => { while (Date.now() < end) expect(await ask('x')).toBe('x'); }));
  });

  it('leaves a stream that does not answer', async () => {
    const stuck = signal();
    let calls = 0;
    const fixture = await start({ startTraining: async ({ tenant }) => { calls++; if (tenant === 'stuck') await stuck.promise; return { run: { tenant } }; } });
    const ask = exchangeWith(fixture);
    await Promise.all(Array.from({ length: 16 }, () => ask('stuck', 300).catch(() => undefined)));
    expect(await ask('well')).toBe('well');
    expect(calls).toBe(17);
    stuck.resolve();
  });

  it('fails what was on its way when the connection goes, and goes on with the next server', async () => {
    const arrived = signal();
    const first = await start({ startTraining: async () => { arrived.resolve(); return new Promise<never>(() => undefined); } }, { drainMs: 50 });
    const client = first.connect({ exchange: true });
    const lost = client.startTraining({}, { timeoutMs: 60_000 }).catch((error: unknown) => error);
    await arrived.promise;
    await first.server.close();
    expect(await lost).toMatchObject({ code: expect.stringMatching(/UNAVAILABLE|CANCELLED/) as unknown });
    await start({}, { port: first.server.port });
    const end = Date.now() + 5_000;
    while (Date.now() < end) if (await client.startTraining({ tenant: 'x' }).then(() => true, () => false)) return;
    throw new Error('The next server was not found.');
  });

  it('answers a call of a method that the server does not have', async () => {
    const fixture = await start();
    const failure = await new Promise<Status | null>((done) => {
      exchangeOf(fixture.server.port).call({ method: '/no.Service/Method', body: Buffer.alloc(0), deadlineMs: Infinity, traceId: '', done, alone: () => { throw new Error('called alone'); } });
    });
    expect(failure).toMatchObject({ code: 12 });
  });
});
