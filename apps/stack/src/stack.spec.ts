import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { endLeftovers, readState, runningSupervisor } from './leftovers.js';
import { parseOptions } from './options.js';
import { claimPorts } from './ports.js';
import { environmentOf, gateways, servicesWith } from './services.js';
import { summary } from './summary.js';
import { SupervisedProcess } from './supervised-process.js';

const services = servicesWith(1);
let folder = '';
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'stack-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('options', () => {
  it('keep the data of each data set apart', () => {
    const of = (...args: string[]) => parseOptions(['node', 'main.js', ...args]);
    expect(of().dataDir).toMatch(/\.serendip\/demo$/);
    expect(of('--data', '/data/ml-1m/').dataDir).toMatch(/\.serendip\/ml-1m$/);
    expect(of('--no-demo').dataDir).toMatch(/\.serendip\/empty$/);
    expect(of('--without', 'gateway,trainer').without).toEqual(['gateway', 'trainer']);
  });

  it('take several feature stores where they can share both log and state, whatever the engines are', () => {
    const refused: string[] = [];
    const [exit, said] = [jest.spyOn(process, 'exit'), jest.spyOn(process.stderr, 'write')];
    exit.mockImplementation(() => { throw new Error('refused'); });
    said.mockImplementation((text) => refused.push(String(text)) > 0);
    try {
      const of = (...args: string[]) => parseOptions(['node', 'main.js', '--feature-stores', '2', ...args]).featureStores;
      for (const log of ['redis://h/0', 'kafka://h/events']) {
        for (const state of ['redis://h/1', 'redis-cluster://h,i']) expect(of('--log', log, '--state', state)).toBe(2);
        expect(() => of('--log', log)).toThrow('refused');
      }
      expect(() => of('--state', 'redis://h/1')).toThrow('refused');
      expect(refused).toHaveLength(3);
      for (const sentence of refused) expect(sentence).toMatch(/--log redis:.* or kafka:.* and --state redis:.* or redis-cluster:/);
    } finally {
      exit.mockRestore();
      said.mockRestore();
    }
  });
});

describe('ports', () => {
  let taken: Server;
  let port = 0;
  beforeEach(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    port = typeof address === 'object' ? address!.port : 0;
  });
  afterEach(() => new Promise((resolve) => taken.close(resolve)));

  it('are others where the wanted ones are busy, and all different', async () => {
    const claimed = await claimPorts([{ ...services[0]!, port }, ...services.slice(1)], { free: false });
    const all = claimed.flatMap((spec) => [spec.port, spec.adminPort]);
    expect(new Set(all).size).toBe(all.length);
    expect(all).not.toContain(port);
  });

  it('of the gateway are what was asked for, or an error that says what to do', async () => {
    await expect(claimPorts(gateways(1, port), { free: true })).rejects.toThrow('--port');
    expect((await claimPorts(gateways(2, 0), { free: true })).every((spec) => spec.port > 0)).toBe(true);
  });
});

describe('services', () => {
  it('are told where all others are', () => {
    const environment = environmentOf(services[0]!, services, { data: '/d', databaseUrl: 'postgres://x' });
    expect(environment).toMatchObject({ SERENDIP_FEATURE_STORE_TARGET: '127.0.0.1:15052', SERENDIP_LOG: 'lmdb:/d/log', SERENDIP_PORT: '15055' });
    const elsewhere = environmentOf(services[0]!, services, { data: '/d', databaseUrl: 'postgres://x', log: 'redis://h/0', state: 'redis://h/1', objects: 's3://b' });
    expect(elsewhere).toMatchObject({ SERENDIP_LOG: 'redis://h/0', SERENDIP_STATE: 'redis://h/1', SERENDIP_OBJECTS: 's3://b' });
  });

  it('are told of every feature store, each of which knows where it is itself', () => {
    const all = servicesWith(3);
    const stores = all.filter(({ app }) => app === 'feature-store');
    expect(stores.map(({ name }) => name)).toEqual(['feature-store-1', 'feature-store-2', 'feature-store-3']);
    const environments = stores.map((spec) => environmentOf(spec, all, { data: '/d', databaseUrl: '' }));
    const ports = environments.map(({ SERENDIP_PORT }) => SERENDIP_PORT);
    expect(new Set(ports).size).toBe(3);
    for (const { SERENDIP_FEATURE_STORE_TARGET } of environments) expect(SERENDIP_FEATURE_STORE_TARGET).toBe(`ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(',')}`);
    expect(new Set(environments.map(({ SERENDIP_DATA_DIR }) => SERENDIP_DATA_DIR)).size).toBe(3);
  });
});

describe('the database password', () => {
  it('is told to control and to nobody else', () => {
    const told = [...services, ...gateways(1, 0)].filter((spec) => JSON.stringify(environmentOf(spec, services, { data: '/d', databaseUrl: 'postgres://secret' })).includes('secret'));
    expect(told.map(({ name }) => name)).toEqual(['control']);
  });
});

describe('a supervised process', () => {
  const lines: string[] = [];
  const supervised = (source: string): SupervisedProcess => {
    lines.length = 0;
    const script = join(folder, 'service.mjs');
    writeFileSync(script, source);
    return new SupervisedProcess({ name: 'it', script, env: {}, logFile: join(folder, 'logs/it.log'), onLine: (_, line) => lines.push(line), onChange: () => undefined });
  };
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await sleep(10);
  };

  it('is started again when it is killed, and stops for good when told', async () => {
    const service = supervised('console.log("up"); setInterval(() => {}, 1000);');
    service.start();
    await until(() => lines.filter((line) => line === 'up').length === 1);
    const first = service.pid!;
    process.kill(first, 'SIGKILL');
    await until(() => lines.filter((line) => line === 'up').length === 2);
    expect(service.pid).not.toBe(first);
    expect(service.restarts).toBe(1);
    const last = service.pid!;
    await service.stop();
    expect(service.pid).toBeUndefined();
    expect(() => process.kill(last, 0)).toThrow();
  });

  it('that was stopped by SIGSTOP ends all the same', async () => {
    const service = supervised('console.log("up"); setInterval(() => {}, 1000);');
    service.start();
    await until(() => lines.includes('up'));
    process.kill(service.pid!, 'SIGSTOP');
    await service.stop();
    expect(service.pid).toBeUndefined();
  });
});

describe('the last screen', () => {
  const options = parseOptions(['node', 'stack']);
  const keys = { publishable: 'pk_1', secret: 'sk_1' };

  it('names the gateway to ask, and what to ask it', () => {
    const text = summary({ all: gateways(1, 8080), gatewayUrls: ['http://127.0.0.1:8080'] }, keys, options);
    expect(text).toContain('http://127.0.0.1:8080/shop/');
    expect(text).toContain("'http://127.0.0.1:8080/v1/recommendations?");
  });

  it('has no addresses of a gateway that was left out', () => {
    const text = summary({ all: services, gatewayUrls: [] }, keys, options);
    expect(text).toContain('npx nx serve gateway');
    for (const address of [' /shop/', ' /docs', "'/v1/", 'undefined', 'curl']) expect(text).not.toContain(address);
    expect(text).toContain('pk_1');
  });
});

describe('leftovers', () => {
  it('are only processes that are ours: a number may belong to somebody else by now', async () => {
    const state = { pid: process.pid, ready: true, gateways: [], databaseUrl: '', services: { other: { pid: process.pid, port: 1, adminPort: 2, restarts: 0 } } };
    expect(await endLeftovers(state)).toEqual([]);
    expect(runningSupervisor({ ...state, pid: 1 })).toBeUndefined();
  });

  it('are nothing where there is no state, or a half-written one', async () => {
    writeFileSync(join(folder, 'stack.json'), '{"pid": 12');
    expect(readState(join(folder, 'stack.json'))).toBeUndefined();
    expect(readState(join(folder, 'none.json'))).toBeUndefined();
    expect(await endLeftovers(undefined)).toEqual([]);
  });
});
