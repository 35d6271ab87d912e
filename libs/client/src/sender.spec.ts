import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { createClient, type Client, type ClientOptions } from './client.js';
import type { Rejection } from './event.js';
import { FakeBrowser, settled, type Fate } from './testing/fake-browser.js';

const options = { gateway: 'https://a.test', key: 'pk_1', consent: true } as const;
const open = (browser: FakeBrowser, more: Partial<ClientOptions> = {}): Client => createClient({ ...options, ...more }, browser.tab());
const values = (browser: FakeBrowser) => [...browser.stored.values()].map(({ value }) => value);

describe('sending', () => {
  it('puts what happens within the interval in one message, oldest first', async () => {
    const browser = new FakeBrowser();
    const client = open(browser);
    for (const value of [1, 2, 3]) client.track('watch', { itemId: 'i', value });
    await browser.advance(999);
    expect(browser.requests).toHaveLength(0);
    await browser.advance(1);
    expect(browser.requests.map(({ body }) => (body.events as { value: number }[]).map(({ value }) => value))).toEqual([[1, 2, 3]]);
    expect(browser.storage.length).toBeLessThanOrEqual(3);
    await browser.advance(10_000);
    expect(browser.requests).toHaveLength(1);
  });

  it('splits what is too much for one message', async () => {
    const browser = new FakeBrowser();
    const client = open(browser);
    for (let value = 0; value < 250; value++) client.track('watch', { itemId: 'i', value });
    await client.flush();
    expect(browser.requests.map(({ body }) => (body.events as unknown[]).length)).toEqual([100, 100, 50]);
    for (let value = 0; value < 3; value++) client.track('view', { itemId: 'i', properties: { text: 'x'.repeat(90_000) } });
    await client.flush();
    expect(browser.requests.slice(3).map(({ body }) => (body.events as unknown[]).length)).toEqual([1, 1, 1]);
  });

  it('sends again what was not answered, later each time, with the same ids', async () => {
    const browser = new FakeBrowser();
    browser.fate = () => 'unreachable';
    const client = open(browser);
    client.track('view', { itemId: 'i' });
    await browser.advance(200_000);
    const times = browser.requests.map(({ atMs }) => atMs);
    expect(times.slice(1).map((atMs, i) => atMs - times[i]!).slice(0, 9)).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(new Set(browser.requests.map(({ body }) => (body.events as { eventId: string }[])[0]!.eventId)).size).toBe(1);
    browser.fate = () => 'ok';
    await browser.advance(30_000);
    expect(browser.stored.size).toBe(1);
  });

  it('waits at least as long as the gateway asks, on the next page as well', async () => {
    const browser = new FakeBrowser();
    browser.fate = () => ({ status: 429, headers: { 'retry-after': '20' } });
    open(browser).track('view', { itemId: 'i' });
    await browser.advance(1000);
    const next = open(browser);
    browser.fate = () => 'ok';
    await next.flush();
    await browser.advance(19_900);
    expect(browser.requests).toHaveLength(1);
    await browser.advance(1000);
    expect(browser.stored.size).toBe(1);
  });

  it('is not stopped for long by a wait that another clock wrote', async () => {
    const browser = new FakeBrowser();
    browser.storage.setItem('serendip.pk_1.wait', String(browser.nowMs + 1e12));
    open(browser).track('view', { itemId: 'i' });
    await browser.advance(1000);
    expect(browser.stored.size).toBe(1);
  });

  it('drops and reports what is refused for good, and keeps the rest', async () => {
    const browser = new FakeBrowser();
    const rejections: [unknown, Rejection][] = [];
    browser.answer = () => ({ accepted: 1, rejected: [{ index: 1, reason: 'VALUE_INVALID', detail: 'no' }] });
    const client = open(browser, { onRejected: (event, rejection) => rejections.push([event.value, rejection]) });
    client.track('watch', { itemId: 'i', value: 1 });
    client.track('watch', { itemId: 'i', value: 2 });
    await browser.advance(60_000);
    expect(rejections).toEqual([[2, expect.objectContaining({ reason: 'VALUE_INVALID' })]]);
    expect(browser.requests).toHaveLength(1);

    browser.fate = () => ({ status: 422, body: { reason: 'ALL_EVENTS_REJECTED', detail: 'none', rejected: [{ index: 1, reason: 'ITEM_MISSING', detail: 'which' }, { index: 0, reason: 'VALUE_INVALID', detail: 'no' }] } });
    client.track('watch', { itemId: 'i', value: 4 });
    client.track('watch', { itemId: 'i', value: 5 });
    await browser.advance(60_000);
    expect(rejections.slice(1)).toEqual([[4, expect.objectContaining({ reason: 'VALUE_INVALID' })], [5, expect.objectContaining({ reason: 'ITEM_MISSING' })]]);
    expect(browser.requests).toHaveLength(2);

    browser.fate = () => ({ status: 422, body: { reason: 'ALL_EVENTS_REJECTED', detail: 'none' } });
    client.track('watch', { itemId: 'i', value: 3 });
    await browser.advance(60_000);
    expect(rejections.at(-1)).toEqual([3, { reason: 'ALL_EVENTS_REJECTED', detail: 'none' }]);
    expect(browser.requests).toHaveLength(3);
  });

  it('keeps events while the key is refused', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const browser = new FakeBrowser();
    browser.fate = () => ({ status: 401, body: { reason: 'KEY_INVALID', detail: 'unknown key' } });
    open(browser).track('view', { itemId: 'i' });
    await browser.advance(50_000);
    expect(browser.requests).toHaveLength(1);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('unknown key'));
    browser.fate = () => 'ok';
    await browser.advance(120_000);
    expect(browser.stored.size).toBe(1);
    warn.mockRestore();
  });

  it('gives an event of a clock that runs ahead the platform\'s time', async () => {
    const browser = new FakeBrowser();
    browser.answer = ({ body }) => {
      const [event] = body.events as { eventTime?: number }[];
      return { accepted: 1, rejected: event!.eventTime === undefined ? [] : [{ index: 0, reason: 'IN_FUTURE', detail: '' }] };
    };
    // Where it is the only one, it is refused with the whole batch.
    browser.fate = ({ body }) => {
      const [event] = body.events as { value?: number; eventTime?: number }[];
      return event!.value !== 1 || event!.eventTime === undefined ? 'ok' : { status: 422, body: { reason: 'ALL_EVENTS_REJECTED', detail: 'none', rejected: [{ index: 0, reason: 'IN_FUTURE', detail: '' }] } };
    };
    const onRejected = jest.fn();
    const client = open(browser, { onRejected });
    client.track('view', { itemId: 'i' });
    await client.flush();
    expect(browser.requests).toHaveLength(2);
    await client.flush();
    expect(browser.requests).toHaveLength(2);
    client.track('watch', { itemId: 'i', value: 1 });
    await client.flush();
    expect(browser.requests).toHaveLength(4);
    expect(onRejected).not.toHaveBeenCalled();
    await client.flush();
    expect(browser.requests).toHaveLength(4);
  });

  it('sends an event from one tab only', async () => {
    const browser = new FakeBrowser();
    const tabs = [open(browser), open(browser), open(browser)];
    tabs.forEach((tab, value) => tab.track('watch', { itemId: 'i', value }));
    await Promise.all(tabs.map((tab) => tab.flush()));
    expect(browser.requests.flatMap(({ body }) => body.events as unknown[])).toHaveLength(3);
  });

  it('hands unconfirmed events to the browser when the page goes, and sends them again from the next', async () => {
    const browser = new FakeBrowser();
    browser.fate = () => 'unreachable';
    const page = browser.tab();
    createClient(options, page).track('watch', { itemId: 'i', value: 7 });
    page.close();
    expect(browser.beacons).toHaveLength(1);
    browser.fate = () => 'ok';
    open(browser);
    await browser.advance(1000);
    expect(values(browser)).toEqual([7]);
  });

  it('stores nothing in a browser without room, and sends all the same', async () => {
    const browser = new FakeBrowser();
    browser.storage.full = true;
    const client = open(browser);
    client.track('watch', { itemId: 'i', value: 1 });
    await client.flush();
    const bare = createClient(options, browser.tab({ withStorage: false }));
    bare.track('watch', { itemId: 'i', value: 2 });
    await bare.flush();
    expect(values(browser)).toEqual([1, 2]);
  });

  it('gives up the oldest of more events than it keeps, and says so', async () => {
    const browser = new FakeBrowser();
    browser.fate = () => 'silent';
    const dropped: unknown[] = [];
    const client = open(browser, { onRejected: ({ value }, { reason }) => dropped.push([value, reason]) });
    for (let value = 0; value < 1002; value++) client.track('watch', { itemId: 'i', value });
    expect(dropped).toEqual([[0, 'QUEUE_FULL'], [1, 'QUEUE_FULL']]);
  });

  const fates: fc.Arbitrary<Fate> = fc.constantFrom<Fate>('ok', 'unreachable', 'lost', 'silent', { status: 503, headers: { 'retry-after': '2' } }, { status: 429 }, { status: 500 });
  const steps = fc.array(fc.oneof(
    fc.record({ kind: fc.constant('track' as const), tab: fc.nat(2) }),
    fc.record({ kind: fc.constant('flush' as const), tab: fc.nat(2) }),
    fc.record({ kind: fc.constant('close' as const), tab: fc.nat(2) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(15_000) }),
  ), { minLength: 1, maxLength: 40 });

  it('loses nothing and doubles nothing, whatever fails and whichever tabs close', async () => {
    await fc.assert(fc.asyncProperty(steps, fc.array(fates, { maxLength: 40 }), fc.boolean(), async (plan, failures, withBeacon) => {
      const browser = new FakeBrowser();
      const left = [...failures];
      browser.fate = () => left.shift() ?? 'ok';
      const openTab = () => { const page = browser.tab({ withBeacon }); return { page, client: createClient(options, page) }; };
      const tabs = [openTab(), openTab(), openTab()];
      const tracked: number[] = [];
      for (const step of plan) {
        if (step.kind === 'wait') await browser.advance(step.ms);
        else if (step.kind === 'flush') void tabs[step.tab]!.client.flush();
        else if (step.kind === 'track') tabs[step.tab]!.client.track('watch', { itemId: 'i', value: tracked.push(tracked.length) });
        else {
          tabs[step.tab]!.page.close();
          tabs[step.tab] = openTab();
        }
        await settled();
      }
      browser.fate = () => 'ok';
      await browser.advance(300_000);
      expect(values(browser).sort((a, b) => a! - b!)).toEqual(tracked.map((_, i) => i + 1));
      expect([...Array(browser.storage.length).keys()].map((i) => browser.storage.key(i)).filter((name) => name?.includes('.e.'))).toEqual([]);
      expect(browser.pendingTimers).toBe(0);
    }), { numRuns: 300 });
  });
});
