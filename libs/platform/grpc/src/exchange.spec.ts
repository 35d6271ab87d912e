import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { create, fromBinary, platform, toBinary, training } from '@serendip/shared-contracts';
import fc from 'fast-check';
import { Exchange } from './exchange-client.js';
import { decodeRequest, decodeResponse, requestHead, responseHead, type RequestFrame, type ResponseFrame } from './exchange-frames.js';
import { greeting } from './frame-connection.js';
import { createGrpcClient } from './grpc-client.js';
import { signal, startFixture, type Fixture } from './grpc.fixture.js';
import type { Status } from './wire-error.js';

const { ExchangeRequestSchema, ExchangeResponseSchema } = platform;
const method = '/serendip.training.v1.TrainerService/StartTraining';

const encodeRequest = (frame: RequestFrame): Uint8Array => Buffer.concat([requestHead(frame), frame.body]);
const encodeResponse = (frame: ResponseFrame): Uint8Array => Buffer.concat([responseHead(frame), frame.body]);

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

  it.each([
    ['closes', (socket: Socket): unknown => socket.destroy()], ['says nothing', (): unknown => undefined], ['speaks HTTP/2', (socket: Socket): unknown => socket.write(Buffer.of(0, 0, 0, 4, 0, 0, 0, 0, 0))],
  ] as const)('calls a peer alone that %s where it should greet', async (_, welcome) => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => { sockets.push(socket); socket.on('error', () => undefined); welcome(socket); }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const exchange = exchangeOf((server.address() as AddressInfo).port);
    const ask = (): Promise<string> => new Promise((resolve) => {
      exchange.call({ method, body: Buffer.alloc(0), deadlineMs: Infinity, traceId: '', done: (failure) => resolve(failure?.details ?? 'answered'), alone: () => { resolve('alone'); return { cancel: () => undefined }; } });
    });
    expect(await ask()).toBe('alone');
    expect(await ask()).toBe('alone');
    expect(sockets).toHaveLength(1);
  });

  it('passes over a place that can not be reached', async () => {
    const { server } = await start();
    const client = createGrpcClient(training.TrainerService, { target: `ipv4:127.0.0.1:1,127.0.0.1:${server.port}`, exchange: true });
    closers.push(() => client.close());
    for (let i = 0; i < 8; i++) expect(await client.startTraining({ tenant: 'x' })).toMatchObject({ run: { tenant: 'x' } });
  });

  it('goes round the addresses of a name', async () => {
    // `localhost` stands for ::1, too, where the machine has it: whoever is not there is passed over.
    const { server } = await start();
    const client = createGrpcClient(training.TrainerService, { target: `dns:///localhost:${server.port}`, exchange: true });
    closers.push(() => client.close());
    for (let i = 0; i < 8; i++) expect(await client.startTraining({ tenant: 'x' })).toMatchObject({ run: { tenant: 'x' } });
  });

  it('loses no call while a server stops', async () => {
    const fixture = await start({ startTraining: async ({ tenant }) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { run: { tenant } };
    } });
    const exchange = exchangeOf(fixture.server.port);
    const body = Buffer.from(toBinary(training.StartTrainingRequestSchema, create(training.StartTrainingRequestSchema, { tenant: 'x' })));
    const ends: Promise<string>[] = [];
    const timer = setInterval(() => ends.push(new Promise((resolve) => {
      exchange.call({
        method, body, deadlineMs: Date.now() + 5_000, traceId: '', done: (failure) => resolve(failure?.details ?? 'answered'),
        alone: () => { resolve('called alone'); return { cancel: () => undefined }; },
      });
    })), 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await fixture.server.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    clearInterval(timer);
    // Those that were made when it was gone are refused by the operating system.
    expect((await Promise.all(ends)).filter((end) => !/^answered$|^called alone$|ECONNREFUSED/.test(end))).toEqual([]);
  });

  it('closes connections that have said nothing when it stops, at once', async () => {
    const fixture = await start({}, { drainMs: 5_000 });
    const silent = connect(fixture.server.port, '127.0.0.1');
    await once(silent, 'connect');
    const closed = once(silent, 'close');
    const began = Date.now();
    await fixture.server.close();
    await closed;
    expect(Date.now() - began).toBeLessThan(3_000);
  });

  it('serves gRPC and exchanges whose first bytes come one by one', async () => {
    const fixture = await start();
    for (const first of ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', greeting.toString()]) {
      const socket = connect({ port: fixture.server.port, host: '127.0.0.1', noDelay: true });
      for (const byte of Buffer.from(first)) {
        socket.write(Buffer.of(byte));
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.subarray(0, greeting.length).equals(greeting)).toBe(first === greeting.toString());
      socket.destroy();
    }
  });

  it('ends the connection of a caller that sends no messages of it, and no other', async () => {
    const fixture = await start();
    const ask = exchangeWith(fixture);
    expect(await ask('before')).toBe('before');
    const socket = connect(fixture.server.port, '127.0.0.1');
    socket.resume();
    socket.write(Buffer.concat([greeting, Buffer.of(0, 0, 0, 3, 0xff, 0xff, 0xff)]));
    await once(socket, 'close');
    expect(await ask('after')).toBe('after');
  });

  it('answers a call of a method that the server does not have', async () => {
    const fixture = await start();
    const failure = await new Promise<Status | null>((done) => {
      exchangeOf(fixture.server.port).call({ method: '/no.Service/Method', body: Buffer.alloc(0), deadlineMs: Infinity, traceId: '', done, alone: () => { throw new Error('called alone'); } });
    });
    expect(failure).toMatchObject({ code: 12 });
  });
});
