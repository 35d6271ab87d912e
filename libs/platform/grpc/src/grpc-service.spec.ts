import { afterEach, describe, expect, it } from '@jest/globals';
import { Client, Metadata, credentials, status, type ServiceError } from '@grpc/grpc-js';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { setTimeout as wait } from 'node:timers/promises';
import { features } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { CallContext } from './call-context.js';
import { windowBytes } from './channel-options.js';
import { createGrpcClient } from './grpc-client.js';
import { TrainerBehaviour, signal, startFixture, type Fixture } from './grpc.fixture.js';
import { healthCheckPath, isServing } from './health.js';

const started: Fixture[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((fixture) => fixture.close()));
});

const failure = async (call: Promise<unknown>): Promise<DomainError> => call.then(
  () => {
    throw new Error('The call did not fail.');
  },
  (error: DomainError) => error,
);

/** A call with bytes of the test's own, past every codec. */
function callRaw(port: number, path: string, bytes: Buffer): Promise<Buffer> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const asIs = (value: Buffer): Buffer => value;
  return new Promise<Buffer>((resolve, reject) => {
    client.makeUnaryRequest(path, asIs, asIs, bytes, new Metadata(), { deadline: Date.now() + 5_000 }, (error, response) => {
      client.close();
      if (error === null) resolve(response!);
      else reject(error);
    });
  });
}

describe.each([['a stream a call', false], ['an exchange', true]])('over %s', (_way, exchange) => {
  const start = async (behaviour: Parameters<typeof startFixture>[0] = {}, options: Parameters<typeof startFixture>[1] = {}): Promise<Fixture> => {
    const fixture = await startFixture(behaviour, options, { exchange });
    started.push(fixture);
    return fixture;
  };

  describe('a unary rpc', () => {
    it('reaches its controller and answers', async () => {
      const { client, server } = await start();
      expect((await client.startTraining({ tenant: 'default' })).run).toMatchObject({ id: 'r1', tenant: 'default' });
      expect(server.get(TrainerBehaviour)).toHaveProperty('startTraining');
    });

    it('passes deadline, trace and cancellation to the handler', async () => {
      const seen = signal<CallContext>();
      const cancelled = signal();
      const { client } = await start({
        startTraining: async (_, context) => {
          context.signal.addEventListener('abort', () => cancelled.resolve());
          seen.resolve(context);
          await cancelled.promise;
          return {};
        },
      });
      const stop = new AbortController();
      const traceId = '0af7651916cd43dd8448eb211c80319c';
      const deadlineMs = Date.now() + 60_000;
      const call = failure(client.startTraining({}, { signal: stop.signal, deadlineMs, traceId }));
      const context = await seen.promise;
      expect(context.traceId).toBe(traceId);
      expect(Math.abs(context.deadlineMs - deadlineMs)).toBeLessThan(5_000);
      stop.abort();
      await cancelled.promise;
      expect(await call).toMatchObject({ code: 'CANCELLED' });
    });

    it('is cancelled in the handler when its deadline passes', async () => {
      const cancelled = signal();
      let begun = 0;
      const { client } = await start({
        startTraining: async (_, { signal: gone }) => {
          begun++;
          gone.addEventListener('abort', () => cancelled.resolve());
          return new Promise<never>(() => undefined);
        },
      });
      // On a busy machine the first may be over before there is a connection.
      while (begun === 0) expect(await failure(client.startTraining({}, { timeoutMs: 50 }))).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
      await cancelled.promise;
    });

    it('leaves the signal alone when the call has ended well', async () => {
      let gone: AbortSignal | undefined;
      const { client } = await start({ startTraining: async (_, context) => (gone = context.signal, {}) });
      await client.startTraining({});
      await client.startTraining({});
      expect(gone?.aborted).toBe(false);
    });

    it('goes on as the context of another call', async () => {
      const seen = signal<CallContext>();
      const back = await start({ startTraining: async (_, context) => (seen.resolve(context), {}) });
      const front = await start({ startTraining: async (request, context) => back.client.startTraining(request, { context }) });
      await front.client.startTraining({}, { timeoutMs: 700, traceId: '0AF76519-16cd-43dd-8448-eb211c80319c' });
      const context = await seen.promise;
      expect(context.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
      expect(context.deadlineMs).toBeLessThan(Date.now() + 701);
    });
  });

  describe('failures of a unary rpc', () => {
    it('arrive with code, reason, message and metadata', async () => {
      const { client, logged } = await start({
        startTraining: async () => {
          throw new DomainError('NOT_FOUND', 'TENANT_UNKNOWN', 'There is no tenant “x”.', { metadata: { tenant: 'x“' } });
        },
      });
      expect(await failure(client.startTraining({}))).toMatchObject({
        code: 'NOT_FOUND', reason: 'TENANT_UNKNOWN', message: 'There is no tenant “x”.', metadata: { tenant: 'x“' },
      });
      expect(logged).toEqual([]);
    });

    it('are logged in full and answered with a trace id when nobody foresaw them', async () => {
      const { client, logged } = await start({ startTraining: async () => { throw new TypeError('secret internals'); } });
      const error = await failure(client.startTraining({}));
      expect(error).toMatchObject({ code: 'INTERNAL', reason: 'INTERNAL_ERROR' });
      expect(error.message).not.toContain('secret');
      expect(logged).toMatchObject([{ level: 'error', rpc: '/serendip.training.v1.TrainerService/StartTraining', traceId: error.metadata['traceId'], err: { message: 'secret internals' } }]);
    });

    it.each([
      ['a synchronous throw', () => { throw new Error('now'); }],
      ['nothing at all', () => Promise.reject(undefined)],
      ['what cannot be read', () => Promise.reject(new Proxy({}, { get: () => { throw new Error('no'); }, has: () => { throw new Error('no'); }, getPrototypeOf: () => { throw new Error('no'); } }))],
      ['a response of another shape', async () => ({ run: { id: 7, models: 'x' } })],
      ['a message with half a surrogate pair', async () => { throw new DomainError('INTERNAL', 'ODD', '\ud800'); }],
    ])('never stop the server: %s', async (_, startTraining) => {
      let healthy = false;
      const { client } = await start({ startTraining: (async (...args) => (healthy ? {} : (startTraining as never as (...all: unknown[]) => never)(...args))) });
      expect(await failure(client.startTraining({}))).toMatchObject({ code: 'INTERNAL' });
      healthy = true;
      await client.startTraining({});
    });

    it('are no failures after a cancel', async () => {
      const left = signal();
      const { client, logged } = await start({
        startTraining: async ({ tenant }, { signal: gone }) => {
          if (tenant === '') return {};
          await new Promise((resolve) => gone.addEventListener('abort', resolve));
          setImmediate(left.resolve);
          throw new Error('too late');
        },
      });
      const stop = new AbortController();
      const call = failure(client.startTraining({ tenant: 'x' }, { signal: stop.signal }));
      await client.startTraining({});
      stop.abort();
      await Promise.all([call, left.promise]);
      await client.startTraining({});
      expect(logged).toEqual([]);
    });

    it('name a request that is not the message, and one that is too large', async () => {
      const { server, client } = await start();
      const path = '/serendip.training.v1.TrainerService/StartTraining';
      const malformed = await callRaw(server.port, path, Buffer.from([0x0a, 0xff, 0x01])).catch((error: ServiceError) => error);
      expect(malformed).toMatchObject({ code: status.INVALID_ARGUMENT, details: 'The request is not a serendip.training.v1.StartTrainingRequest.' });
      const oversized = await callRaw(server.port, path, Buffer.alloc(65 * 1024 * 1024)).catch((error: ServiceError) => error);
      expect(oversized).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
      await client.startTraining({});
    });

    it('reach a caller whose request is not the message', async () => {
      const { server } = await start();
      const client = createGrpcClient(features.FeatureStoreService, { target: `127.0.0.1:${server.port}`, exchange });
      expect(await failure(client.listItems({ pageSize: -1 }))).toMatchObject({ code: 'INTERNAL' });
      client.close();
    });

    it('name a response that is too large', async () => {
      const { client } = await start({ startTraining: async () => ({ run: { id: 'x'.repeat(65 * 1024 * 1024) } }) });
      expect(await failure(client.startTraining({}))).toMatchObject({ code: 'RESOURCE_EXHAUSTED', reason: 'RESPONSE_TOO_LARGE' });
    });
  });

  describe('a client that is closed', () => {
    it('ends its calls and makes no more', async () => {
      const arrived = signal();
      const { client } = await start({ startTraining: async () => (arrived.resolve(), new Promise<never>(() => undefined)) }, { drainMs: 50 });
      const call = failure(client.startTraining({}, { timeoutMs: 60_000 }));
      await arrived.promise;
      client.close();
      expect((await call).code).toBe('CANCELLED');
      expect(await failure(client.startTraining({}))).toMatchObject({ code: 'CANCELLED', reason: 'CLIENT_CLOSED' });
      const read = async (): Promise<void> => { for await (const _ of client.watchTraining({})); };
      expect(await failure(read())).toMatchObject({ reason: 'CLIENT_CLOSED' });
    });
  });

  describe('a service', () => {
    it('answers health checks with its readiness', async () => {
      const { server } = await start({}, { ready: false });
      const named = Buffer.from('\x0a\x24serendip.training.v1.TrainerService', 'latin1');
      named[1] = named.length - 2;
      for (const ready of [false, true, false]) {
        server.setReady(ready);
        expect(isServing(await callRaw(server.port, healthCheckPath, Buffer.alloc(0)))).toBe(ready);
        expect(isServing(await callRaw(server.port, healthCheckPath, named))).toBe(ready);
      }
      await expect(callRaw(server.port, healthCheckPath, Buffer.from('\x0a\x01x'))).rejects.toMatchObject({ code: status.NOT_FOUND });
    });

    it('lets calls in flight end when it closes', async () => {
      const [arrived, go] = [signal(), signal()];
      const { client, server } = await start({ startTraining: async () => (arrived.resolve(), await go.promise, { run: { id: 'done' } }) });
      const call = client.startTraining({});
      await arrived.promise;
      const closing = server.close();
      setTimeout(go.resolve, 50);
      expect((await call).run?.id).toBe('done');
      await closing;
    });

    it('cuts calls that outlast the drain', async () => {
      const [arrived, gone] = [signal(), signal()];
      const { client, server, logged } = await start({
        startTraining: async (_, context) => {
          context.signal.addEventListener('abort', () => gone.resolve());
          arrived.resolve();
          return new Promise<never>(() => undefined);
        },
      }, { drainMs: 50 });
      const call = failure(client.startTraining({}, { timeoutMs: 60_000 }));
      await arrived.promise;
      await server.close();
      expect((await call).code).toMatch(/UNAVAILABLE|CANCELLED/);
      await gone.promise;
      expect(logged).toMatchObject([{ level: 'warn' }]);
    });

    it('loses no call when connections grow old', async () => {
      const { client } = await start({}, { maxConnectionAgeMs: 200 });
      const end = Date.now() + 1_000;
      await Promise.all(Array.from({ length: 16 }, async () => {
        while (Date.now() < end) await client.startTraining({});
      }));
    });

    it('lets callers send much before it has read it', async () => {
      const { server } = await start();
      const session = connect(`http://127.0.0.1:${server.port}`);
      try {
        await once(session, 'remoteSettings');
        session.request({ ':method': 'POST', ':path': '/none' }).resume().on('error', () => undefined).end();
        await once(session, 'remoteSettings');
        expect(session.remoteSettings.initialWindowSize).toBe(windowBytes);
        while (session.state.remoteWindowSize !== windowBytes) await wait(5);
      } finally {
        session.destroy();
      }
    });

    it('says which port it could not have', async () => {
      const { server } = await start();
      await expect(startFixture({}, { port: server.port })).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'PORT_NOT_BOUND' });
    });
  });
});
