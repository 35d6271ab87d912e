import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Counter } from 'prom-client';
import { createRegistry, startAdminServer, type AdminServer, type DependencyStatus } from './index.js';

const logger = { info: () => undefined, warn: () => undefined };
let server: AdminServer | undefined;
afterEach(() => server?.close());

async function get(path: string, readiness: () => readonly DependencyStatus[] = () => [], registry = createRegistry('test')) {
  server = await startAdminServer({ host: '127.0.0.1', port: 0, registry, readiness, logger });
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return { status: answer.status, text: await answer.text() };
}

describe('admin server', () => {
  it('is healthy while it lives', async () => {
    expect((await get('/healthz')).status).toBe(200);
  });

  it('is ready when every dependency is, and says which is not', async () => {
    expect((await get('/readyz', () => [{ name: 'log', ready: true }])).status).toBe(200);
    await server!.close();
    const { status, text } = await get('/readyz', () => [{ name: 'log', ready: true }, { name: 'store', ready: false, detail: 'away' }]);
    expect(status).toBe(503);
    expect(JSON.parse(text).dependencies[1]).toEqual({ name: 'store', ready: false, detail: 'away' });
  });

  it('is not ready when nobody can say', async () => {
    expect((await get('/readyz', () => { throw new Error('broken'); })).status).toBe(503);
  });

  it('says which port it could not have', async () => {
    await get('/healthz');
    const again = startAdminServer({ host: '127.0.0.1', port: server!.port, registry: createRegistry('test'), readiness: () => [], logger });
    await expect(again).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'PORT_NOT_BOUND' });
  });

  it('serves metrics with the service as label', async () => {
    const registry = createRegistry('ingestion');
    new Counter({ name: 'serendip_things_total', help: 'Things.', registers: [registry] }).inc(3);
    expect((await get('/metrics', () => [], registry)).text).toContain('serendip_things_total{service="ingestion"} 3');
  });

  it('closes at once, whoever is connected and says nothing', async () => {
    const admin = await startAdminServer({ host: '127.0.0.1', port: 0, registry: createRegistry('test'), readiness: () => [], logger, acceptHttp2: () => undefined });
    const socket = connect(admin.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    await fetch(`http://127.0.0.1:${admin.port}/healthz`);
    const closed = once(socket, 'close');
    await admin.close();
    await closed;
  });

  it('answers 404 elsewhere', async () => {
    expect((await get('/v1/events')).status).toBe(404);
  });
});
