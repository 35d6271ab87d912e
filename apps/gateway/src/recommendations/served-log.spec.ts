import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@serendip/platform-logging';
import { Registry } from 'prom-client';
import type { Clients } from '../clients.js';
import type { EventMessage } from '../events/event.mapper.js';
import { Metrics } from '../metrics.js';
import { ServedLog } from './served-log.js';

function setUp(write: (tenant: string) => Promise<void> = async () => undefined) {
  const batches: { readonly tenant: string; readonly size: number }[] = [];
  const clients = {
    ingestion: {
      writeEvents: async ({ tenant, events }: { tenant: string; events: EventMessage[] }) => {
        await write(tenant);
        batches.push({ tenant, size: events.length });
      },
    },
  } as unknown as Clients;
  const registry = new Registry();
  const log = new ServedLog(clients, new Metrics(registry), createLogger('test', 'silent'));
  const add = (count: number, tenant = 't') => { for (let i = 0; i < count; i++) log.add({ tenant, type: '$served' }); };
  const dropped = async () => (await registry.getSingleMetric('serendip_served_dropped_total')!.get()).values[0]!.value;
  return { log, add, dropped, batches };
}

describe('ServedLog', () => {
  it('sends all that waits, in batches of one tenant', async () => {
    const { log, add, batches, dropped } = setUp();
    add(150);
    add(30, 'other');
    await log.flush();
    expect(batches.reduce((sum, { size }) => sum + size, 0)).toBe(180);
    expect(batches.every(({ size }) => size <= 100)).toBe(true);
    expect(batches.filter(({ tenant }) => tenant === 'other')).toEqual([{ tenant: 'other', size: 30 }]);
    expect(await dropped()).toBe(0);
  });

  it('sends a hundred at once, keeps at most so many waiting behind them, and counts the others', async () => {
    const { log, add, batches, dropped } = setUp();
    add(2500);
    expect(await dropped()).toBe(400);
    await log.flush();
    expect(batches.reduce((sum, { size }) => sum + size, 0)).toBe(2100);
  });

  it('drops what could not be sent, counts it, loses no other tenant\'s, and goes on later', async () => {
    let gone = true;
    const { log, add, batches, dropped } = setUp(async (tenant) => { if (gone && tenant === 't') throw new Error('gone'); });
    add(40);
    add(10, 'other');
    add(100);
    await log.flush();
    expect(batches).toEqual([{ tenant: 'other', size: 10 }]);
    expect(await dropped()).toBe(90);
    gone = false;
    await log.flush();
    expect(batches).toEqual([{ tenant: 'other', size: 10 }, { tenant: 't', size: 50 }]);
  });

  it('never sends twice at once, and sends what waits before it ends', async () => {
    let open!: () => void;
    const gate = new Promise<void>((resolve) => { open = resolve; });
    const { log, add, batches } = setUp(() => gate);
    add(1);
    const first = log.flush();
    add(1);
    expect(log.flush()).toBe(first);
    open();
    await first;
    add(1);
    await log.onApplicationShutdown();
    expect(batches).toHaveLength(3);
  });
});
