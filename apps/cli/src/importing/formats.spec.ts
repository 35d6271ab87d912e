import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FORMATS } from './formats.js';
import { mappingOf, over, readMapping } from './mapping.js';
import { makePlan, type Plan } from './plan.js';
import { readGorse } from './read-gorse.js';
import type { Rows } from './rows.js';
import { attributeOf, timeOf, typeNameOf } from './values.js';

let dir = '';
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'import-')); });
afterEach(() => rmSync(dir, { recursive: true }));

async function planOf(name: string, files: Readonly<Record<string, string>>, mapping: unknown = {}): Promise<Plan> {
  const format = FORMATS[name]!;
  const rows = async function* (): Rows {
    for (const [file, text] of Object.entries(files)) {
      writeFileSync(join(dir, file), text);
      yield* format.read(join(dir, file));
    }
  };
  return makePlan(rows(), format, over(format.mapping ?? mappingOf({}), mappingOf(mapping)), () => undefined);
}

const entities = (rows: Plan['items']) => rows.map(({ entity }) => entity);

async function all(rows: Rows): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

const places = ({ bad }: Plan) => bad.map(({ file, line, reason }) => `${file}:${line} ${reason}`);

describe('Gorse', () => {
  const files = {
    'users.jsonl': '{"UserId":"bob","Labels":{"gender":"m","home":{"city":"Graz"}},"Comment":""}\n',
    'items.jsonl': '{"ItemId":"1","IsHidden":false,"Categories":["x"],"Timestamp":"2020-01-01T01:01:01Z","Labels":{"genre":["comedy","sci-fi"],"year":1999},"Comment":"o,n,e"}\n'
      + '{"ItemId":"2","IsHidden":true,"Categories":null,"Timestamp":"2021-01-01 01:01:01.000000001 +0000 UTC","Labels":["a","b"],"Comment":""}\n',
    'feedback.jsonl': '{"FeedbackType":"star","UserId":"bob","ItemId":"1","Value":0,"Timestamp":"2022-02-25T00:00:00Z","Comment":""}\n'
      + '{"FeedbackType":"read","UserId":"bob","ItemId":"2","Timestamp":"2022-02-24T00:00:00Z","Comment":"home page"}\n'
      + '{"FeedbackType":"read","UserId":"bob","ItemId":"2","Timestamp":"0001-01-01 00:00:00 +0000 UTC"}\nnonsense\n',
  };

  it('gives users, items and feedback, feedback in the order of its times', async () => {
    const plan = await planOf('gorse', files);
    expect(entities(plan.users)).toEqual([{ id: 'bob', attributes: { gender: 'm', 'home.city': 'Graz' } }]);
    expect(entities(plan.items)).toEqual([
      { id: '1', title: 'o,n,e', categories: ['x'], publishedAt: Date.parse('2020-01-01T01:01:01Z'), available: true, attributes: { genre: ['comedy', 'sci-fi'], year: 1999 } },
      { id: '2', publishedAt: Date.parse('2021-01-01T01:01:01Z'), available: false, tags: ['a', 'b'] },
    ]);
    expect(entities(plan.events)).toEqual([
      { type: 'view', userId: 'bob', itemId: '2', eventTime: Date.parse('2022-02-24T00:00:00Z'), properties: { Comment: 'home page' } },
      { type: 'like', userId: 'bob', itemId: '1', eventTime: Date.parse('2022-02-25T00:00:00Z'), value: 0 },
    ]);
  });

  it('tells where rows are that can not be imported, and why', async () => {
    expect(places(await planOf('gorse', files))).toEqual(['feedback.jsonl:3 TIME_MISSING', 'feedback.jsonl:4 LINE_INVALID']);
    expect(places(await planOf('gorse', files, { events: { fields: { eventTime: { const: '2022-01-01T00:00:00Z' } } } }))).toEqual(['feedback.jsonl:4 LINE_INVALID']);
  });

  it('leaves out feedback types that the mapping says, and renames others', async () => {
    const plan = await planOf('gorse', files, { types: { read: null, star: 'favourite' } });
    expect(plan.ignored).toEqual({ read: 2 });
    expect(entities(plan.events).map(({ type }) => type)).toEqual(['favourite']);
  });

  it('is read from a running one along its cursors, with its key', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers['x-api-key']}`);
      const { pathname, searchParams } = new URL(request.url!, 'http://x');
      const page = searchParams.get('cursor') === '' ? 1 : 2;
      const body = { '/api/users': { Cursor: page === 1 ? 'a b' : '', Users: [{ UserId: `u${page}` }] }, '/api/items': { Cursor: '', Items: [{ ItemId: 'i' }] }, '/api/feedback': { Cursor: '', Feedback: null } }[pathname];
      response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const rows = await all(readGorse(url, 'secret'));
    expect(rows).toEqual([{ file: '/api/users', line: 1, record: { UserId: 'u1' } }, { file: '/api/users', line: 2, record: { UserId: 'u2' } }, { file: '/api/items', line: 1, record: { ItemId: 'i' } }]);
    expect(asked[1]).toBe('/api/users?n=500&cursor=a%20b secret');
    await new Promise((done) => { server.close(done); server.closeAllConnections(); });
    await expect(all(readGorse(url, 'secret'))).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'SOURCE_FAILED' });
  });
});

describe('Metarank', () => {
  const lines = [
    { event: 'item', id: 'e1', timestamp: '1599391467000', item: 'i1', fields: [{ name: 'title', value: 'A cat' }, { name: 'price', value: 3.5 }, { name: 'color', value: ['white', 'black'] }] },
    { event: 'item', id: 'e2', timestamp: '1599391468000', item: 'i1', fields: [{ name: 'price', value: 4 }] },
    { event: 'user', id: 'e3', timestamp: '1599391467000', user: 'u1', fields: [{ name: 'age', value: 33 }] },
    { event: 'ranking', id: 'e4', timestamp: '1599391467000', user: 'u1', items: [{ id: 'i1' }] },
    { event: 'interaction', id: 'e5', ranking: 'e4', timestamp: '1599391467000', user: 'u1', session: 's1', type: 'purchase', item: 'i1', fields: [{ name: 'shipping', value: 'DHL' }] },
    { event: 'interaction', id: 'e6', timestamp: 1599391466000, session: 's2', type: 'click', item: 'i1' },
    { event: 'interaction', id: 'e7', timestamp: 1599391466000, type: 'click', item: 'i1' },
    { event: 'other' },
  ];

  it('gives items as they came to be, users, and interactions; rankings are left out', async () => {
    const plan = await planOf('metarank', { 'events.jsonl': lines.map((line) => JSON.stringify(line)).join('\n') });
    expect(entities(plan.items)).toEqual([{ id: 'i1', title: 'A cat', price: 4, attributes: { color: ['white', 'black'] } }]);
    expect(entities(plan.users)).toEqual([{ id: 'u1', attributes: { age: 33 } }]);
    expect(entities(plan.events)).toEqual([
      { type: 'click', anonymousId: 's2', sessionId: 's2', itemId: 'i1', eventTime: 1599391466000, eventId: 'e6' },
      { type: 'purchase', userId: 'u1', sessionId: 's1', itemId: 'i1', eventTime: 1599391467000, eventId: 'e5', properties: { shipping: 'DHL' } },
    ]);
    expect(plan.ignored).toEqual({ rankings: 1 });
    expect(places(plan)).toEqual(['events.jsonl:7 WHO_MISSING', 'events.jsonl:8 ROW_UNKNOWN']);
  });
});

describe('AWS Personalize', () => {
  it('gives interactions, items and users, by the columns that each file has', async () => {
    const plan = await planOf('personalize', {
      'interactions.csv': 'USER_ID,ITEM_ID,EVENT_TYPE,EVENT_VALUE,TIMESTAMP,IMPRESSION,DEVICE\n196,242,AddToCart,15,881250949,a|b,phone\n186,302,Click,,891717742,,\n,302,Click,1,891717742,,\n1,2,Click,x,891717742,,\n1,2\n',
      'items.csv': 'ITEM_ID,CREATION_TIMESTAMP,PRICE,GENRES,BRAND\n242,881250949,9.99,Comedy|Drama,"Acme, Inc."\n',
      'users.csv': '\ufeffUSER_ID,AGE,ZIP\n196,49,01234\n',
    });
    expect(entities(plan.events)).toEqual([
      { type: 'add_to_cart', userId: '196', itemId: '242', eventTime: 881250949000, value: 15, properties: { DEVICE: 'phone' } },
      { type: 'click', userId: '186', itemId: '302', eventTime: 891717742000 },
    ]);
    expect(entities(plan.items)).toEqual([{ id: '242', publishedAt: 881250949000, price: 9.99, categories: ['Comedy', 'Drama'], attributes: { BRAND: 'Acme, Inc.' } }]);
    expect(entities(plan.users)).toEqual([{ id: '196', attributes: { AGE: 49, ZIP: '01234' } }]);
    expect(places(plan).sort()).toEqual(['interactions.csv:4 WHO_MISSING', 'interactions.csv:5 VALUE_INVALID', 'interactions.csv:6 LINE_INVALID']);
  });
});

describe('CSV and JSON lines', () => {
  const mapping = {
    items: { files: ['products.csv'], fields: { id: 'sku', title: 'name', categories: 'genres' }, split: { genres: '/' }, attributes: ['size', 'code'], text: ['code'] },
    events: { files: ['seen.csv'], fields: { userId: 'who', itemId: 'what', eventTime: 'when', type: { const: 'view' } } },
  };

  it('are what their mapping says', async () => {
    const plan = await planOf('csv', { 'products.csv': 'sku,name,genres,size,code,other\n7,"A ""B""",x/y,12,007,z\n', 'seen.csv': 'who,what,when\nann,7,2026-01-02T03:04:05Z\n', 'more.csv': 'a\n1\n' }, mapping);
    expect(entities(plan.items)).toEqual([{ id: '7', title: 'A "B"', categories: ['x', 'y'], attributes: { size: 12, code: '007' } }]);
    expect(entities(plan.events)).toEqual([{ type: 'view', userId: 'ann', itemId: '7', eventTime: Date.parse('2026-01-02T03:04:05Z') }]);
    expect(places(plan)).toEqual(['more.csv:2 ROW_UNKNOWN']);
  });

  it('may be nested objects', async () => {
    const plan = await planOf('jsonl', { 'log.jsonl': '{"user":{"id":5},"item":"a","t":1700000000}\n' }, { events: { fields: { userId: 'user.id', itemId: 'item', eventTime: 't', type: { const: 'click' } } } });
    expect(entities(plan.events)).toEqual([{ type: 'click', userId: '5', itemId: 'a', eventTime: 1_700_000_000_000 }]);
  });

  it('name every fault of a mapping', () => {
    writeFileSync(join(dir, 'mapping.yaml'), 'events:\n  fields:\n    user: who\ntimes: minutes\n');
    expect(() => readMapping(join(dir, 'mapping.yaml'))).toThrow(/events\.fields.*times/s);
    expect(() => readMapping(join(dir, 'none.yaml'))).toThrow('There is no mapping');
  });

  it('give the same sequence of events the same digest, and another one another', async () => {
    const rows = (last: string) => ({ 'seen.csv': `who,what,when\nann,7,1700000000\nbob,8,${last}\n` });
    const digests: string[] = [];
    for (const last of ['1700000001', '1700000002', '1700000001']) digests.push((await planOf('csv', rows(last), mapping)).digest);
    expect(digests[2]).toBe(digests[0]);
    expect(digests[1]).not.toBe(digests[0]);
  });
});

describe('What can not be read', () => {
  it.each(Object.entries(FORMATS))('is an error of %s', async (_, { read }) => {
    await expect(read(tmpdir())[Symbol.asyncIterator]().next()).rejects.toThrow('EISDIR');
  });
});

describe('values', () => {
  it('read any time the same, however it is written', () => {
    fc.assert(fc.property(fc.integer({ min: 100_000_000_000, max: 4_000_000_000_000 }), (time) => {
      const iso = new Date(time).toISOString();
      expect([timeOf(time), timeOf(String(time)), timeOf(iso), timeOf(iso.replace('T', ' ').replace('Z', ' +0000 UTC')), timeOf(Math.floor(time / 1000), 'seconds')]).toEqual([time, time, time, time, Math.floor(time / 1000) * 1000]);
    }));
    expect([timeOf('soon'), timeOf('0001-01-01T00:00:00Z')]).toEqual([undefined, undefined]);
  });

  it('keep texts that only look like numbers', () => {
    expect(['12', '-1.5', '007', '1e3', '', 'true', ' 1'].map((text) => attributeOf(text, false))).toEqual([12, -1.5, '007', '1e3', '', true, ' 1']);
    expect(attributeOf('12', true)).toBe('12');
  });

  it('write types as the API does', () => {
    expect(['AddToCart', 'add to cart', 'view', 'Video-Watched'].map(typeNameOf)).toEqual(['add_to_cart', 'add_to_cart', 'view', 'video_watched']);
  });
});
