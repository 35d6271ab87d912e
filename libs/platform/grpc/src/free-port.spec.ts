import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, jest } from '@jest/globals';
import { freePort, isFree } from './free-port.js';

describe('a free port', () => {
  it('is below those of outgoing connections, free, and another one each time', async () => {
    const ports: number[] = [];
    for (let i = 0; i < 200; i++) ports.push(await freePort());
    expect(new Set(ports).size).toBe(200);
    for (const port of ports) expect(port >= 20_000 && port < 32_000).toBe(true);
    expect(await isFree(ports[0]!)).toBe(true);
  });

  it('is not one where somebody listens, there or beside it', async () => {
    const [first, busy, higher, last] = [await freePort(), await freePort(), await freePort({ beside: 1000 }), await freePort({ beside: 1000 })];
    const servers = [busy, higher + 1000].map((port) => createServer().listen(port, '127.0.0.1'));
    await Promise.all(servers.map((server) => once(server, 'listening')));
    expect([await isFree(busy), await isFree((servers[1]!.address() as AddressInfo).port)]).toEqual([false, false]);
    const drawn = [first, busy, higher, last];
    const random = jest.spyOn(Math, 'random');
    try {
      // Nothing that was given is given again, so that these are drawn by a copy of the module that has given none.
      jest.resetModules();
      const fresh = await import('./free-port.js');
      const draw = (beside: number, ports: readonly number[]): void => { for (const port of ports) random.mockReturnValueOnce((port - 20_000 + 0.5) / (12_000 - beside)); };
      draw(0, [busy, drawn[0]!]);
      expect(await fresh.freePort()).toBe(first);
      draw(1000, [higher, last]);
      expect(await fresh.freePort({ beside: 1000 })).toBe(last);
    } finally {
      random.mockRestore();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    }
  });
});
