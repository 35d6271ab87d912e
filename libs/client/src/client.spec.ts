import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { createClient, type ClientOptions } from './client.js';
import type { QueuedEvent } from './event.js';
import type { SerendipError } from './serendip-error.js';
import { FakeBrowser, settled, type Fate } from './testing/fake-browser.js';

const options = { gateway: ['https://a.test/', 'https://b.test'], key: 'pk_1', consent: true } as const;
const listOf = (placement: string, ids: readonly string[], token = `token-${placement}`) => ({
  recommendationId: 'r', attributionToken: token, placement, items: ids.map((id, i) => ({ id, score: 1, rank: i + 1, source: 'personal' })), experiments: [], models: {}, degraded: [], tookMs: 1,
});

function opened(more: Partial<ClientOptions> = {}, browser = new FakeBrowser()) {
  const client = createClient({ ...options, ...more }, browser.tab());
  const sent = async (): Promise<QueuedEvent[]> => {
    await client.flush();
    return [...browser.stored.values()];
  };
  return { browser, client, sent };
}

const namesOf = ({ storage }: FakeBrowser) => Array.from({ length: storage.length }, (_, i) => storage.key(i));

describe('consent', () => {
  it.each([[false], [undefined]])('%s: nothing is stored or sent, and there is no identifier', async (consent) => {
    const { browser, client } = opened({ consent });
    client.track('view', { itemId: 'i' });
    await client.flush();
    await browser.advance(60_000);
    await expect(client.recommend({ placement: 'home' })).rejects.toMatchObject({ reason: 'NO_CONSENT' });
    expect((await client.recommend({ placement: 'home' }, { fallback: [{ id: 'x' }] })).items).toHaveLength(1);
    expect(client.anonymousId).toBeUndefined();
    expect([browser.requests, browser.beacons, namesOf(browser)]).toEqual([[], [], []]);
  });

  it('is not needed to ask for nobody in particular', async () => {
    const { browser, client } = opened({ consent: false });
    browser.answer = () => listOf('trending', ['x']);
    await client.recommend({ placement: 'trending', impersonal: true });
    expect(browser.requests.map(({ body }) => body)).toEqual([{ placement: 'trending' }]);
    expect(namesOf(browser)).toEqual([]);
  });

  it('withdrawn, forgets everything, here and in other tabs', async () => {
    const { browser, client } = opened();
    const other = opened({}, browser).client;
    browser.fate = () => 'silent';
    client.track('view', { itemId: 'i' });
    void client.flush();
    await settled();
    const id = client.anonymousId;
    expect(other.anonymousId).toBe(id);
    client.setConsent(false);
    expect(namesOf(browser)).toEqual([]);
    other.track('view', { itemId: 'i' });
    await browser.advance(60_000);
    expect(namesOf(browser)).toEqual([]);
    expect(browser.requests).toHaveLength(1);
    client.setConsent(true);
    expect(client.anonymousId).not.toBe(id);
  });

  it('not known yet, keeps what an earlier page kept', async () => {
    const { browser, client: before } = opened();
    before.track('view', { itemId: 'i' });
    const { client, sent } = opened({ consent: undefined }, browser);
    client.setConsent(true);
    expect(await sent()).toHaveLength(1);
  });
});

describe('who and session', () => {
  it('is one anonymous visitor over tabs and pages, or the user who signed in', async () => {
    const { client, browser, sent } = opened();
    client.track('view', { itemId: '1' });
    opened({}, browser).client.track('view', { itemId: '2' });
    const anonymousId = client.anonymousId;
    client.identify('u1');
    client.track('view', { itemId: '3' });
    expect(client.anonymousId).toBe(anonymousId);
    const [first, second, third] = await sent();
    expect([first!.anonymousId, second!.anonymousId, third!.userId]).toEqual([anonymousId, anonymousId, 'u1']);
    expect(third).not.toHaveProperty('anonymousId');
  });

  it('is another visitor after a sign-out, on the same page or the next', () => {
    const { client, browser } = opened();
    const first = client.anonymousId;
    client.identify('u1');
    client.identify(undefined);
    const second = client.anonymousId;
    opened({ userId: 'u2' }, browser);
    const third = opened({}, browser).client.anonymousId;
    expect(opened({}, browser).client.anonymousId).toBe(third);
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it('keeps a session until half an hour passes without a use', async () => {
    const { client, browser, sent } = opened();
    for (const minutes of [0, 20, 20, 31]) {
      await browser.advance(minutes * 60_000);
      client.track('view', { itemId: 'i' });
    }
    const [a, b, c, d] = (await sent()).map(({ sessionId }) => sessionId);
    expect([b, c]).toEqual([a, a]);
    expect(d).not.toBe(a);
  });

  it('tells who listens of each change', () => {
    const { client } = opened();
    const heard = jest.fn();
    const stop = client.subscribe(heard);
    client.identify('u');
    client.identify('u');
    client.setConsent(false);
    stop();
    client.identify('v');
    expect(heard).toHaveBeenCalledTimes(2);
  });
});

describe('attribution', () => {
  it('gives an event about a listed item the list\'s token, placement and position', async () => {
    const { client, browser, sent } = opened();
    browser.answer = () => listOf('home', ['x', 'y']);
    await client.recommend({ placement: 'home' });
    browser.answer = () => listOf('item', ['y']);
    await client.recommend({ placement: 'item' });
    browser.answer = ({ body }) => { (body.events as QueuedEvent[]).forEach((event) => browser.stored.set(event.eventId, event)); return {}; };
    client.track('click', { itemId: 'x' });
    client.track('click', { itemId: 'y' });
    client.track('click', { itemId: 'y', placement: 'home' });
    client.track('click', { itemId: 'z' });
    client.track('purchase', { items: [{ itemId: 'z' }, { itemId: 'x' }] });
    client.track('click', { itemId: 'x', attributionToken: 'own', position: 9 });
    client.track('search', {});
    expect((await sent()).map(({ attributionToken, placement, position }) => [attributionToken, placement, position])).toEqual([
      ['token-home', 'home', 0], ['token-item', 'item', 0], ['token-home', 'home', 1], [undefined, undefined, undefined],
      ['token-home', 'home', undefined], ['own', undefined, 9], [undefined, undefined, undefined],
    ]);
  });

  it('lasts over pages for a bounded time, this page\'s lists first', async () => {
    const { client: page, browser } = opened();
    browser.answer = () => listOf('home', ['x', 'y']);
    await page.recommend({ placement: 'home' });
    const { client: next, sent } = opened({}, browser);
    browser.answer = () => listOf('item', ['y']);
    await next.recommend({ placement: 'item' });
    browser.answer = () => listOf('home', ['y'], 'newest');
    await page.recommend({ placement: 'home' });
    browser.answer = ({ body }) => { (body.events as QueuedEvent[]).forEach((event) => browser.stored.set(event.eventId, event)); return {}; };
    next.track('click', { itemId: 'x' });
    next.track('click', { itemId: 'y' });
    await browser.advance(24 * 3_600_000);
    next.track('click', { itemId: 'x' });
    expect((await sent()).map(({ attributionToken }) => attributionToken)).toEqual(['token-home', 'token-item', undefined]);
  });
});

describe('recommend', () => {
  it('sends who asks and what is asked', async () => {
    const { client, browser } = opened({ userId: 'u', context: { device: 'mobile' } });
    browser.answer = () => listOf('home', []);
    await client.recommend({ placement: 'home', limit: 5, context: { mood: 'good' } });
    expect(browser.requests).toMatchObject([{
      url: 'https://a.test/v1/recommendations', headers: { authorization: 'Bearer pk_1' },
      body: { userId: 'u', placement: 'home', limit: 5, context: { device: 'mobile', mood: 'good' }, sessionId: expect.any(String) },
    }]);
  });

  it.each<[string, Fate, number]>([['fails', 'unreachable', 0], ['answers 503', { status: 503 }, 0], ['is silent', 'silent', 600]])(
    'asks a second gateway once when the first %s, and begins with it from then on', async (_, fate, afterMs) => {
      const { client, browser } = opened();
      browser.fate = ({ url }) => (url.startsWith('https://a') ? fate : 'ok');
      browser.answer = () => listOf('home', ['x']);
      const asked = client.recommend({ placement: 'home' });
      await browser.advance(2000);
      expect((await asked).items).toHaveLength(1);
      expect(browser.requests.map(({ url, atMs }) => [new URL(url).host, atMs - browser.requests[0]!.atMs])).toEqual([['a.test', 0], ['b.test', afterMs]]);
      await client.recommend({ placement: 'home' });
      expect(browser.requests.slice(2).map(({ url }) => new URL(url).host)).toEqual(['b.test']);
    });

  it('rejects with the gateway\'s reason, and does not ask another one about a wrong request', async () => {
    const { client, browser } = opened();
    browser.fate = () => ({ status: 404, body: { reason: 'PLACEMENT_UNKNOWN', detail: 'no such placement' } });
    const error = await client.recommend({ placement: 'x' }).catch((caught: unknown) => caught as SerendipError);
    expect(error).toMatchObject({ reason: 'PLACEMENT_UNKNOWN', status: 404, message: 'no such placement' });
    expect(browser.requests).toHaveLength(1);
  });

  it('never rejects with a fallback, and always in time', async () => {
    const fates = fc.constantFrom<Fate>('ok', 'unreachable', 'lost', 'silent', { status: 200, body: 'not a list' }, { status: 400 }, { status: 503 }, { status: 429 });
    const fallbacks = fc.constantFrom([{ id: 'own' }], () => [{ id: 'own' }], async () => [{ id: 'own' }], () => { throw new Error('no'); }, () => Promise.reject(new Error('no')));
    await fc.assert(fc.asyncProperty(fates, fates, fallbacks, fc.boolean(), async (first, second, fallback, consent) => {
      const { client, browser } = opened({ consent });
      browser.fate = ({ url }) => (url.startsWith('https://a') ? first : second);
      browser.answer = () => listOf('home', ['x']);
      const asked = client.recommend({ placement: 'home' }, { fallback, timeoutMs: 500 });
      await browser.advance(500);
      const list = await asked;
      const isOwn = list.degraded.some(({ stage }) => stage === 'client');
      expect(list.items.map(({ id }) => id)).toEqual(isOwn ? expect.arrayContaining([]) : ['x']);
      expect(isOwn).toBe(!consent || list.attributionToken === undefined);
      expect(browser.requests.length).toBeLessThanOrEqual(2);
      expect(browser.pendingTimers).toBeLessThanOrEqual(1);
    }));
  });
});
