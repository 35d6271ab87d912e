import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ItemColumns } from '@serendip/shared-catalogue';
import { ITEM_STATISTICS_WIDTH, emptyStatistics, statisticColumn } from '@serendip/shared-layouts';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSnapshot, writeSnapshot } from './snapshot-file.js';

const tenant = 'café/1';
let directory: string;
beforeAll(async () => { directory = await mkdtemp(join(tmpdir(), 'catalogue-')); });
afterAll(async () => { await rm(directory, { recursive: true }); });

function columnsOf(size: number): ItemColumns {
  const columns = new ItemColumns();
  columns.apply(Array.from({ length: size }, (_, i) => ({
    ordinal: i * 64, version: i + 1, deleted: i % 7 === 0, id: `item ${i} é`, title: `Title ${i}`, categories: i % 2 ? ['a', `c${i % 10}`] : [], tags: i % 4 ? [] : ['new', `t${i}`],
    price: i % 3 ? i + 0.99 : NaN, available: true, publishedAtMs: i % 2 ? i : -Infinity, expiresAtMs: i % 5 ? Infinity : i, attributes: { i, list: ['x'], flag: i % 2 === 0 },
  })));
  const statistics = new Float64Array(size * ITEM_STATISTICS_WIDTH);
  for (let i = 0; i < size; i++) {
    statistics.set(emptyStatistics(), i * ITEM_STATISTICS_WIDTH);
    statistics[i * ITEM_STATISTICS_WIDTH + statisticColumn('rating_sum')] = i;
  }
  columns.applyStatistics(Int32Array.from({ length: size }, (_, i) => i * 64), statistics);
  return columns;
}

const rowsOf = (columns: ItemColumns): unknown[] => Array.from({ length: columns.size }, (_, row) => [
  columns.ordinal[row], columns.version[row], columns.live[row], columns.id(row), columns.title(row), columns.price[row], columns.publishedAtMs[row],
  columns.expiresAtMs[row], Array.from(columns.categoriesOf(row), (category) => columns.categories.name(category)), columns.attributesOf(row),
  Array.from(columns.labelsOf(row), (label) => columns.labels.name(label)), columns.tagCount(row),
  [...columns.statisticsOf(row, row + 1)],
]);

describe('a catalogue snapshot', () => {
  it('brings back the columns and positions that were written', async () => {
    const path = join(directory, 'whole.snapshot');
    const columns = columnsOf(1234);
    await writeSnapshot(path, { tenant, positions: Uint8Array.of(1, 2, 3), columns });
    const read = new ItemColumns();
    expect([...(await readSnapshot(path, { tenant, columns: read }))!]).toEqual([1, 2, 3]);
    expect(rowsOf(read)).toEqual(rowsOf(columns));
  });

  it('is undefined when there is none', async () => {
    expect(await readSnapshot(join(directory, 'none'), { tenant, columns: new ItemColumns() })).toBeUndefined();
  });

  it('refuses damage, another tenant and another format', async () => {
    const path = join(directory, 'damaged.snapshot');
    const columns = columnsOf(2000);
    const read = (of = tenant): Promise<unknown> => readSnapshot(path, { tenant: of, columns: new ItemColumns() });
    await writeSnapshot(path, { tenant, positions: new Uint8Array(0), columns });
    await expect(read('other')).rejects.toThrow('another tenant');

    const bytes = await readFile(path);
    await truncate(path, bytes.length - 10);
    await expect(read()).rejects.toThrow('damaged');
    bytes[5000]! ^= 1;
    await writeFile(path, bytes);
    await expect(read()).rejects.toThrow('damaged');
    await writeFile(path, 'something else');
    await expect(read()).rejects.toThrow('not a catalogue snapshot');
  });
});
