import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GatewayClient } from '@serendip/platform-gateway-client';
import { MockGateway, type MockEvent } from '../testing/index.js';
import { apiLimits, inBatches } from './batches.js';
import { seedShop, type SeedOptions, type SeedReport } from './seed-shop.js';

const now = Date.UTC(2026, 10, 23, 12);

describe('Seeding the shop', () => {
  let gateway: MockGateway;
  let folder: string;
  let url: string;

  beforeEach(async () => {
    gateway = new MockGateway();
    url = await gateway.start();
    folder = mkdtempSync(join(tmpdir(), 'seed-'));
  });

  afterEach(async () => {
    await gateway.stop();
    rmSync(folder, { recursive: true });
  });

  const seed = (more: Partial<SeedOptions> = {}): Promise<SeedReport> => seedShop(new GatewayClient({ gateways: [url], key: 'sk_test', longestWaitMs: 20, tries: 100 }), {
    seed: 4, events: 3_000, days: 10, products: 700, shoppers: 150, now, importName: 'shop', stateFile: join(folder, 'state.json'), onProgress: () => undefined, ...more,
  });

  const imported = (): readonly MockEvent[] => gateway.imports.get('imp_shop')!.events;

  it('uploads the catalogue, the demo profiles and the history in time order, within the limits', async () => {
    const report = await seed({ shopFile: join(folder, 'shop.json') });
    expect(gateway.recommender.items.size).toBe(700);
    expect(gateway.users.size).toBe(20);
    expect(Object.keys((gateway.users.get('shopper-0001') as { attributes: object }).attributes)).toEqual(['city', 'ageBand']);
    expect(imported()).toHaveLength(report.events);
    expect(report.sent).toBe(report.events);
    const times = imported().map(({ eventTime }) => Date.parse(String(eventTime)));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(gateway.largestBody).toBeLessThanOrEqual(512 * 1024);
    expect(report.shoppers[0]!.id).toBe('shopper-0001');
    expect(JSON.parse(readFileSync(join(folder, 'shop.json'), 'utf8'))).toMatchObject({ shoppers: report.shoppers });
  });

  it('goes on where it was interrupted, with the same events, though the present has moved on', async () => {
    const whole = await seed();
    const expected = imported().map(({ eventId }) => eventId);
    const shop = gateway.imports.get('imp_shop')!;
    shop.lastBatch = 2;
    shop.events.splice(1_000);
    const rest = await seed({ now: now + 3_600_000 });
    expect(rest.sent).toBe(whole.events - 1_000);
    expect(imported().map(({ eventId }) => eventId)).toEqual(expected);
  });

  it('changes nothing when it is done again', async () => {
    const { events } = await seed();
    const again = await seed();
    expect(again).toMatchObject({ events, sent: 0 });
    expect(imported()).toHaveLength(events);
  });

  it('says so when it cannot go on without its state', async () => {
    await seed();
    await expect(seed({ stateFile: join(folder, 'other.json') })).rejects.toThrow(/--state/);
  });

  it('is clear about a gateway that is not there', async () => {
    await gateway.stop();
    await expect(seedShop(new GatewayClient({ gateways: [url], key: 'sk_test', longestWaitMs: 1, tries: 2 }), {
      seed: 4, events: 10, days: 1, products: 100, shoppers: 20, now, importName: 'shop', stateFile: join(folder, 'state.json'), onProgress: () => undefined,
    })).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('inBatches', () => {
  it('keeps order and respects both limits', () => {
    const values = Array.from({ length: 1_234 }, (_, i) => 'x'.repeat(i % 900));
    const batches = [...inBatches(values, { most: 100, mostBytes: 20_000 })];
    expect(batches.flat()).toEqual(values);
    for (const batch of batches) {
      expect(batch.length).toBeLessThanOrEqual(100);
      expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThanOrEqual(20_100);
    }
    expect(() => [...inBatches(['y'.repeat(apiLimits.mostBytes)])]).toThrow(RangeError);
  });
});
