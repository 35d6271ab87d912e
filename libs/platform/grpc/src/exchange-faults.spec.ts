import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { create, fromBinary, toBinary, training } from '@serendip/shared-contracts';
import fc from 'fast-check';
import { Exchange, type ExchangedCall } from './exchange-client.js';
import { decodeRequest, decodeResponse, emptyRequest, emptyResponse, requestHead, responseHead, type RequestFrame, type ResponseFrame } from './exchange-frames.js';
import { greeting } from './frame-connection.js';
import { signal, startFixture, type Fixture } from './grpc.fixture.js';
import type { Status } from './wire-error.js';

const method = '/serendip.training.v1.TrainerService/StartTraining';
const MB = 1024 * 1024;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const closers: (() => void)[] = [];
const started: Fixture[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await Promise.all(started.splice(0).map((fixture) => fixture.close()));
});

async function start(...args: Parameters<typeof startFixture>): Promise<Fixture> {
  const fixture = await startFixture(...args);
  started.push(fixture);
  return fixture;
}

/** A connection that says what it is told to. */
async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  closers.push(() => socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

function message(bytes: Uint8Array): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(bytes.length);
  return Buffer.concat([prefix, bytes]);
}

function request(call: number, tenant = 'x', more: Partial<RequestFrame> = {}): Buffer {
  const frame = { ...emptyRequest, call, method, body: toBinary(training.StartTrainingRequestSchema, create(training.StartTrainingRequestSchema, { tenant })), ...more };
  return message(Buffer.concat([requestHead(frame), frame.body]));
}

/** The answers among these bytes of a server, whole ones. */
function answers(bytes: Buffer): ResponseFrame[] {
  const frames: ResponseFrame[] = [];
  for (let at = greeting.length; at + 4 <= bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    frames.push(decodeResponse(bytes.subarray(at + 4, end)));
    at = end;
  }
  return frames;
}

function ask(exchange: Exchange, more: Partial<ExchangedCall> = {}): Promise<Status | null> {
  return new Promise((resolve) => {
    exchange.call({ method, body: Buffer.alloc(0), deadlineMs: Date.now() + 5_000, traceId: '', done: resolve, alone: () => { throw new Error('called alone'); }, ...more });
  });
}

function exchangeOf(port: number, connectionMs?: number): Exchange {
  const exchange = new Exchange(`127.0.0.1:${port}`, connectionMs);
  closers.push(() => exchange.close());
  return exchange;
}

describe('a caller that is closed', () => {
  it('is heard of by the handlers of its calls', async () => {
    const arrived = signal();
    const left = signal();
    const fixture = await start({ startTraining: async (_, context) => {
      context.signal.addEventListener('abort', () => left.resolve());
      arrived.resolve();
      await left.promise;
      return {};
    } });
    const client = fixture.connect({ exchange: true });
    const lost = client.startTraining({}, { timeoutMs: 60_000 }).catch((error: unknown) => error);
    await arrived.promise;
    client.close();
    expect(await lost).toMatchObject({ code: 'CANCELLED' });
    expect(await Promise.race([left.promise.then(() => 'left'), pause(2_000).then(() => 'still running')])).toBe('left');
    left.resolve();
  });

  it('is heard of when it called by gRPC and is gone without a word', async () => {
    const arrived = signal();
    const left = signal();
    const fixture = await start({ startTraining: async (_, context) => {
      context.signal.addEventListener('abort', () => left.resolve());
      arrived.resolve();
      await left.promise;
      return {};
    } });
    let ends: Socket | undefined;
    const way = createServer((socket) => {
      closers.push(() => socket.destroy());
      ends = connect(fixture.server.port, '127.0.0.1');
      socket.on('error', () => undefined).pipe(ends).on('error', () => undefined).pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(way, 'listening');
    closers.push(() => way.close());
    const client = fixture.connect({ target: `127.0.0.1:${(way.address() as AddressInfo).port}` });
    client.startTraining({}, { timeoutMs: 60_000 }).catch(() => undefined);
    await arrived.promise;
    ends!.end();
    expect(await Promise.race([left.promise.then(() => 'left'), pause(2_000).then(() => 'still running')])).toBe('left');
    left.resolve();
  });

  it('fails the calls of connections that take no new ones any more, too', async () => {
    const arrived = signal();
    const end = signal();
    const fixture = await start({ startTraining: async ({ tenant }) => {
      if (tenant === '') {
        arrived.resolve();
        await end.promise;
      }
      return { run: { tenant } };
    } });
    const exchange = exchangeOf(fixture.server.port, 20);
    const first = ask(exchange);
    await arrived.promise;
    await pause(30);
    expect(await ask(exchange, { body: Buffer.from(toBinary(training.StartTrainingRequestSchema, create(training.StartTrainingRequestSchema, { tenant: 'x' }))) })).toBe(null);
    exchange.close();
    expect(await Promise.race([first, pause(500)])).toMatchObject({ code: 1 });
    end.resolve();
  });
});

describe('a call', () => {
  it.each([30 * 24 * 3_600_000, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER])('may have %d ms', async (timeoutMs) => {
    const fixture = await start({ startTraining: async ({ tenant }) => {
      await pause(20);
      return { run: { tenant } };
    } });
    const client = fixture.connect({ exchange: true });
    for (let i = 0; i < 2; i++) expect(await client.startTraining({ tenant: 'x' }, { timeoutMs })).toMatchObject({ run: { tenant: 'x' } });
  });

  it('may have more time than timers count, as other callers say it', async () => {
    const fixture = await start({ startTraining: async ({ tenant }) => {
      await pause(20);
      return { run: { tenant } };
    } });
    const socket = await open(fixture.server.port);
    socket.write(Buffer.concat([greeting, request(1, 'x', { timeoutMs: 0xffff_ffff })]));
    let heard = Buffer.alloc(0);
    socket.on('data', (chunk) => { heard = Buffer.concat([heard, chunk]); });
    await pause(300);
    expect(answers(heard)).toMatchObject([{ call: 1, code: 0 }]);
  });

  it('ends when its answer has a reason that no server of ours gives', async () => {
    const server = createServer((socket) => {
      closers.push(() => socket.destroy());
      socket.on('error', () => undefined);
      socket.write(greeting);
      socket.on('data', (chunk) => {
        if (chunk.length <= greeting.length) return;
        const { call } = decodeRequest(chunk.subarray(chunk.indexOf(greeting) < 0 ? 4 : greeting.length + 4));
        socket.write(message(Buffer.concat([responseHead({ ...emptyResponse, call, code: 5, reason: 'NÖ\n' })])));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    const exchange = exchangeOf((server.address() as AddressInfo).port);
    expect(await Promise.race([ask(exchange, { deadlineMs: Infinity }), pause(1_000)])).toMatchObject({ code: 5 });
  });
});

describe('a server', () => {
  it('spends no memory on what is only announced', async () => {
    const fixture = await start();
    const before = process.memoryUsage().arrayBuffers;
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(64 * MB);
    for (let i = 0; i < 12; i++) (await open(fixture.server.port)).write(Buffer.concat([greeting, prefix]));
    await pause(100);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * MB);
  });

  it('takes no more calls of a caller that does not read its answers, until it does', async () => {
    let calls = 0;
    const fixture = await start({ startTraining: async () => {
      calls++;
      return { run: { tenant: 'x'.repeat(MB) } };
    } });
    const socket = await open(fixture.server.port);
    socket.pause();
    socket.write(greeting);
    for (let call = 1; call <= 100; call++) {
      socket.write(request(call));
      await pause(2);
    }
    await pause(100);
    expect(calls).toBeLessThan(50);
    let heard = 0;
    socket.on('data', (chunk) => { heard += chunk.length; });
    socket.resume();
    for (let i = 0; i < 100 && heard < 100 * MB; i++) await pause(50);
    expect(heard).toBeGreaterThan(100 * MB);
  });

  it('answers a caller that says everything at once, and reads byte by byte', async () => {
    const fixture = await start();
    const socket = await open(fixture.server.port);
    let heard = Buffer.alloc(0);
    socket.on('data', (chunk) => { heard = Buffer.concat([heard, chunk]); });
    for (const byte of Buffer.concat([greeting, request(1, 'a'), request(2, 'b')])) {
      socket.write(Buffer.of(byte));
      if (byte % 7 === 0) await pause(1);
    }
    await pause(100);
    const tenants = answers(heard).map(({ body }) => fromBinary(training.StartTrainingResponseSchema, body).run?.tenant);
    expect(tenants).toEqual(['a', 'b']);
  });

  it('is disturbed by no bytes, and neither are other callers', async () => {
    const fixture = await start();
    const client = fixture.connect({ exchange: true });
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 60 }).map(message),
      fc.record({ call: fc.nat({ max: 3 }), timeoutMs: fc.nat(), tenant: fc.string() }).map(({ call, timeoutMs, tenant }) => request(call, tenant, { timeoutMs })),
      fc.nat({ max: 3 }).map((call) => request(call, '', { method: '' })),
    );
    const connection = fc.record({
      greets: fc.boolean(),
      parts: fc.array(part, { maxLength: 6 }),
      flipped: fc.option(fc.nat(), { freq: 2 }),
      cuts: fc.array(fc.nat(), { maxLength: 4 }),
      end: fc.constantFrom('end' as const, 'destroy' as const, 'resetAndDestroy' as const),
    });
    await fc.assert(fc.asyncProperty(connection, async ({ greets, parts, flipped, cuts, end }) => {
      const bytes = Buffer.concat([...(greets ? [greeting] : []), ...parts]);
      if (flipped !== null && bytes.length > 0) bytes[flipped % bytes.length]! ^= 1 << flipped % 8;
      const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const socket = await open(fixture.server.port);
      socket.resume();
      let at = 0;
      for (const to of ends) {
        socket.write(bytes.subarray(at, to));
        at = to;
        await new Promise((resolve) => setImmediate(resolve));
      }
      const call = client.startTraining({ tenant: 'other' });
      socket[end]();
      expect(await call).toMatchObject({ run: { tenant: 'other' } });
    }), { numRuns: 200 });
  });
});
