import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CatalogueFeed, type CatalogueFeedOptions } from './catalogue-feed.js';
import { FakeFeatureStore, eventually } from './testing/index.js';

const logger = { info: () => undefined, warn: () => undefined };
let directory: string;
let feeds: CatalogueFeed[];

async function start(client: FakeFeatureStore, more: Partial<CatalogueFeedOptions> = {}): Promise<CatalogueFeed> {
  const feed = await CatalogueFeed.start({ source: { client }, tenants: () => ['t'], logger, directory, backoff: { firstMs: 1, mostMs: 5 }, ...more });
  feeds.push(feed);
  return feed;
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feed-'));
  feeds = [];
});

afterEach(async () => {
  await Promise.all(feeds.map((feed) => feed.stop()));
  await rm(directory, { recursive: true });
});

describe('CatalogueFeed', () => {
  it('is ready once it has caught up and tells of changes', async () => {
    const store = new FakeFeatureStore();
    store.put('a', {});
    store.holdCatalogue = true;
    const feed = await start(store);
    const changes: string[] = [];
    feed.onChange((tenant) => changes.push(tenant));
    expect([feed.ready, feed.caughtUp, feed.view('t')]).toEqual([false, false, undefined]);
    store.releaseCatalogue();
    await eventually(() => feed.caughtUp);
    expect(feed.ready).toBe(true);
    expect(feed.columns('t').size).toBe(1);
    expect(changes).toContain('t');

    const { catalogueRevision, statisticsRevision } = feed.view('t')!;
    store.count('a', 1);
    await eventually(() => feed.view('t')!.statisticsRevision > statisticsRevision);
    expect(feed.view('t')!.catalogueRevision).toBe(catalogueRevision);
  });

  it('starts from its snapshot while the feature store is away, and goes on where that ended', async () => {
    const store = new FakeFeatureStore();
    for (const id of ['a', 'b']) store.put(id, { title: id });
    store.count('b', 5);
    const first = await start(store);
    await eventually(() => first.caughtUp);
    await first.stop();

    store.goAway();
    const second = await start(store);
    expect([second.ready, second.caughtUp]).toEqual([true, false]);
    const columns = second.columns('t');
    expect(columns.statistic(columns.rowOfId('b'), 'rating_count')).toBe(5);

    const before = store.entriesSent;
    store.put('c', {});
    store.comeBack();
    await eventually(() => second.caughtUp);
    expect(second.columns('t').size).toBe(3);
    expect(store.entriesSent - before).toBe(1);
  });

  it('begins with nothing when the snapshot is damaged', async () => {
    const store = new FakeFeatureStore();
    store.put('a', {});
    const first = await start(store);
    await eventually(() => first.caughtUp);
    await first.stop();
    const [file] = await readdir(join(directory, 'catalogue'));
    await writeFile(join(directory, 'catalogue', file!), 'nonsense');
    store.holdCatalogue = true;
    const second = await start(store);
    expect(second.ready).toBe(false);
    store.releaseCatalogue();
    await eventually(() => second.caughtUp);
    expect(second.columns('t').size).toBe(1);
  });

  it('picks up new tenants without losing its readiness, and forgets those that are gone', async () => {
    const store = new FakeFeatureStore();
    store.put('a', {});
    let tenants = ['t'];
    const feed = await start(store, { tenants: () => tenants });
    await eventually(() => feed.ready);
    expect(feed.columns('u').size).toBe(0);
    store.holdCatalogue = true;
    tenants = ['u'];
    await feed.refresh();
    expect(feed.ready).toBe(true);
    store.releaseCatalogue();
    await eventually(() => feed.columns('u').size === 1);
    expect(feed.columns('t').size).toBe(0);
  });
});
