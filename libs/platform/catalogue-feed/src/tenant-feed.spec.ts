import { describe, expect, it } from '@jest/globals';
import { FakeFeatureStore, eventually } from './testing/index.js';
import { TenantFeed, type FeedEvent } from './tenant-feed.js';

const backoff = { firstMs: 1, mostMs: 4 };

function feedOf(source: FakeFeatureStore): { feed: TenantFeed; seen: FeedEvent[] } {
  const seen: FeedEvent[] = [];
  const feed = new TenantFeed({ tenant: 't', source, backoff, onEvent: (event) => seen.push(event) });
  feed.start();
  return { feed, seen };
}

describe('TenantFeed', () => {
  it('receives the catalogue and its statistics, then what changes', async () => {
    const store = new FakeFeatureStore();
    store.put('a', { title: 'A', price: 2, categories: ['x'], attributes: { colour: 'red', sizes: [1, 2] } });
    store.count('a', 3);
    const { feed } = feedOf(store);
    await eventually(() => feed.caughtUp);
    const { columns } = feed.view;
    const row = columns.rowOfId('a');
    expect([columns.title(row), columns.price[row], columns.statistic(row, 'rating_count')]).toEqual(['A', 2, 3]);
    expect(columns.attributesOf(row)).toEqual({ colour: 'red', sizes: [1, 2] });

    store.put('b', { title: 'B' });
    store.count('a', 4);
    await eventually(() => columns.rowOfId('b') >= 0 && columns.statistic(row, 'rating_count') === 4);
    expect(Number.isNaN(columns.price[columns.rowOfId('b')]!)).toBe(true);
    await feed.stop();
  });

  it('keeps what it knows while the feature store is away and goes on from there', async () => {
    const store = new FakeFeatureStore();
    store.put('a', {});
    const { feed, seen } = feedOf(store);
    await eventually(() => feed.caughtUp);
    store.goAway();
    await eventually(() => seen.includes('disconnected'));
    expect(feed.view.columns.rowOfId('a')).toBe(0);
    expect(feed.caughtUp).toBe(true);
    store.put('b', {});
    store.comeBack();
    await eventually(() => feed.view.columns.rowOfId('b') >= 0);
    expect(store.entriesSent).toBe(2);
    expect(seen).not.toContain('started-over');
    await feed.stop();
  });

  it('applies statistics that come before their item', async () => {
    const store = new FakeFeatureStore();
    store.holdCatalogue = true;
    store.put('a', {});
    store.count('a', 7);
    const { feed } = feedOf(store);
    await eventually(() => store.statisticsSent > 0);
    store.releaseCatalogue();
    await eventually(() => feed.view.columns.rowOfId('a') >= 0);
    expect(feed.view.columns.statistic(0, 'rating_count')).toBe(7);
    await feed.stop();
  });

  it('reads everything again, beside the old view, when the feature store has been rebuilt', async () => {
    const store = new FakeFeatureStore();
    for (const id of ['a', 'b', 'c']) store.put(id, {});
    const { feed, seen } = feedOf(store);
    await eventually(() => feed.caughtUp);
    const old = feed.view;
    store.rebuild(['c', 'd']);
    await eventually(() => feed.view !== old);
    expect(seen).toContain('started-over');
    expect(feed.view.columns.size).toBe(2);
    expect(feed.view.columns.rowOfId('a')).toBe(-1);
    expect(old.columns.size).toBe(3);
    expect(feed.rebuilding).toBe(false);
    await feed.stop();
  });
});
