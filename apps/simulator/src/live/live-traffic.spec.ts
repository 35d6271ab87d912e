import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GatewayClient } from '@serendip/platform-gateway-client';
import { MockGateway } from '../testing/index.js';
import { World } from '../world.js';
import { LiveTraffic } from './live-traffic.js';

const world = new World({ seed: 2, now: Date.now(), products: 400, shoppers: 60 });
const never = new AbortController().signal;

describe('Live traffic', () => {
  let gateway: MockGateway;
  let url: string;

  beforeEach(async () => {
    gateway = new MockGateway({ items: world.catalogue.items as never });
    url = await gateway.start();
  });

  afterEach(() => gateway.stop());

  const traffic = (more: Partial<ConstructorParameters<typeof GatewayClient>[0]> = {}): LiveTraffic => new LiveTraffic({
    world, client: new GatewayClient({ gateways: [url], key: 'pk_test', longestWaitMs: 20, ...more }), rate: 500, pace: 0,
  });

  it('shows shoppers what the gateway recommends and reports what they do', async () => {
    const report = await traffic().run(never, 60);
    expect(report.visits).toBeGreaterThan(40);
    expect(report.recommendations).toBeGreaterThan(report.visits);
    expect(report.events).toBe(gateway.events.length);
    expect(report.failedEvents + report.failedRecommendations + report.abandoned).toBe(0);
    const clicks = gateway.events.filter(({ type }) => type === 'click');
    expect(clicks.length).toBeGreaterThan(5);
    for (const click of clicks) {
      expect(click.attributionToken).toMatch(/^token-/);
      expect(click.position).toBeGreaterThanOrEqual(0);
      expect(['home', 'item', 'cart']).toContain(click.placement);
    }
    expect(new Set(gateway.events.map(({ eventId }) => eventId)).size).toBe(gateway.events.length);
  });

  it('compares the lists with the best possible ones', async () => {
    const report = await traffic().run(never, 40);
    expect(report.share).toBeGreaterThan(0);
    expect(report.share).toBeLessThan(1);
    expect(report.expectedReward).toBeLessThanOrEqual(report.oracleReward);
    expect(report.byPlacement.home!.requests).toBeGreaterThan(0);
  });

  it('asks for lists as long as it is told, and reads them further down', async () => {
    const client = new GatewayClient({ gateways: [url], key: 'pk_test' });
    await new LiveTraffic({ world, client, rate: 500, pace: 0, judged: 0, length: 60 }).run(never, 60);
    const positions = gateway.events.filter(({ type }) => type === 'click').map(({ position }) => Number(position));
    expect(Math.max(...positions)).toBeGreaterThan(12);
  });

  it('goes on through an outage of the gateway', async () => {
    gateway.failing = 503;
    setTimeout(() => { gateway.failing = undefined; }, 150);
    const report = await traffic({ tries: 200 }).run(never, 30);
    expect(report.failedRecommendations).toBe(0);
    expect(report.recommendations).toBeGreaterThan(0);
  });

  it('gives up a visit, and nothing else, when the gateway stays away', async () => {
    gateway.failing = 500;
    const report = await traffic({ tries: 2 }).run(never, 10);
    expect(report.abandoned).toBe(report.visits);
    expect(report.failedRecommendations).toBe(report.visits);
  });

  it('asks the next gateway when one is gone', async () => {
    const report = await traffic({ gateways: ['http://127.0.0.1:9', url] }).run(never, 10);
    expect(report.abandoned).toBe(0);
    expect(report.recommendations).toBeGreaterThan(0);
  });

  it('stops at once when it is told to', async () => {
    const stop = new AbortController();
    const slow = new LiveTraffic({ world, client: new GatewayClient({ gateways: [url], key: 'pk_test' }), rate: 200, pace: 1 });
    setTimeout(() => stop.abort(), 100);
    const report = await slow.run(stop.signal);
    expect(report.visits).toBeGreaterThan(0);
    expect(report.failedEvents + report.failedRecommendations).toBe(0);
  });
});
