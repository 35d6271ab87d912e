import type { LookupAddress } from 'node:dns';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { create, fromBinary, toBinary, training } from '@serendip/shared-contracts';
import type { Exchange as AnyExchange } from './exchange-client.js';
import type { Fixture } from './grpc.fixture.js';
import type { Status } from './wire-error.js';

/** What the name stands for; a code when it can't be looked up. */
let name: readonly string[] | string = [];
const dns = await import('node:dns');
jest.unstable_mockModule('node:dns', () => ({
  ...dns,
  lookup: (_: string, __: unknown, found: (error: Error | null, addresses?: LookupAddress[]) => void) => {
    if (typeof name === 'string') setImmediate(found, new Error(name));
    else setImmediate(found, null, name.map((address) => ({ address, family: 4 })));
  },
}));
const { Exchange } = await import('./exchange-client.js');
const { startFixture } = await import('./grpc.fixture.js');

const method = '/serendip.training.v1.TrainerService/StartTraining';
const body = Buffer.from(toBinary(training.StartTrainingRequestSchema, create(training.StartTrainingRequestSchema, { tenant: 'x' })));

describe('an exchange with a name', () => {
  const started: Fixture[] = [];
  let exchange: AnyExchange;

  /** One that answers its address, at 127.0.0.1 and so on, all at one port. */
  async function replica(host: string): Promise<Fixture> {
    const fixture = await startFixture({ startTraining: async () => ({ run: { tenant: host } }) }, { host, port: started[0]?.server.port ?? 0 });
    started.push(fixture);
    return fixture;
  }

  /** Who answers, or why nobody does. */
  const ask = (): Promise<string> => new Promise((resolve) => {
    exchange.call({
      method, body, deadlineMs: Date.now() + 5_000, traceId: '',
      done: (failure: Status | null, bytes) => resolve(failure === null ? fromBinary(training.StartTrainingResponseSchema, bytes!).run!.tenant : failure.details),
      // As a call does: after a turn of the event loop, so that who asks again and again stops nobody else.
      alone: () => { setImmediate(resolve, 'alone'); return { cancel: () => undefined }; },
    });
  });
  const askTimes = async (times: number): Promise<Set<string>> => {
    const heard = new Set<string>();
    for (let i = 0; i < times; i++) heard.add(await ask());
    return heard;
  };

  beforeEach(async () => {
    const { server } = await replica('127.0.0.1');
    exchange = new Exchange(`dns:///trainer.test:${server.port}`, 50);
  });
  afterEach(async () => {
    exchange.close();
    await Promise.all(started.splice(0).map((fixture) => fixture.close()));
  });

  it('calls every address, and those that it has later', async () => {
    await replica('127.0.0.2');
    name = ['127.0.0.1'];
    expect(await askTimes(4)).toEqual(new Set(['127.0.0.1']));
    name = ['127.0.0.2', '127.0.0.1'];
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await askTimes(8)).toEqual(new Set(['127.0.0.1', '127.0.0.2']));
    name = ['127.0.0.2'];
    await new Promise((resolve) => setTimeout(resolve, 60));
    await askTimes(2);
    expect(await askTimes(8)).toEqual(new Set(['127.0.0.2']));
  });

  it('passes over an address where nobody is', async () => {
    name = ['127.0.0.1', '127.0.0.3', '127.0.0.2'];
    expect(await askTimes(8)).toEqual(new Set(['127.0.0.1']));
  });

  it('loses no call while one of its replicas stops', async () => {
    const second = await replica('127.0.0.2');
    name = ['127.0.0.1', '127.0.0.2'];
    let stopped = false;
    const load = Promise.all(Array.from({ length: 16 }, async () => {
      const heard = new Set<string>();
      while (!stopped) heard.add(await ask());
      return heard;
    }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await second.close();
    await new Promise((resolve) => setTimeout(resolve, 120));
    stopped = true;
    const heard = new Set((await load).flatMap((some) => [...some]));
    expect([...heard].filter((end) => !['127.0.0.1', '127.0.0.2', 'alone'].includes(end))).toEqual([]);
    expect(heard).toContain('127.0.0.2');
  });

  it('says why it can not be reached, and goes on when it can', async () => {
    name = 'getaddrinfo ENOTFOUND trainer.test';
    expect(await ask()).toMatch(/ENOTFOUND/);
    name = ['127.0.0.2', '127.0.0.3'];
    expect(await ask()).toMatch(/ECONNREFUSED/);
    name = ['127.0.0.1'];
    expect(await ask()).toBe('127.0.0.1');
  });
});
