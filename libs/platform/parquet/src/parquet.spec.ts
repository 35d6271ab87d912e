import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ParquetFile, encodeTable, type Column } from './index.js';

interface Row {
  readonly id: string;
  readonly position: number;
  readonly at?: number | undefined;
  readonly price?: number | undefined;
  readonly bytes?: Uint8Array | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly items?: readonly { readonly item_id: string; readonly explored?: boolean | undefined }[] | undefined;
}

const columns: readonly Column<Row>[] = [
  { name: 'id', type: 'text', of: ({ id }) => id },
  { name: 'position', type: 'long', of: ({ position }) => position },
  { name: 'at', type: 'time', of: ({ at }) => at },
  { name: 'price', type: 'double', of: ({ price }) => price },
  { name: 'bytes', type: 'bytes', of: ({ bytes }) => bytes },
  { name: 'tags', type: { list: 'text' }, of: ({ tags }) => tags },
  { name: 'items', type: { structs: { item_id: 'text', explored: 'flag' } }, of: ({ items }) => items },
];

const optional = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(values, { nil: undefined });
const aRow: fc.Arbitrary<Row> = fc.record({
  id: fc.string({ unit: 'grapheme' }), position: fc.maxSafeNat(), at: optional(fc.integer({ min: 0, max: 4e12 })), price: optional(fc.double({ noNaN: true })),
  bytes: optional(fc.uint8Array({ maxLength: 300 })), tags: optional(fc.array(fc.string())), items: optional(fc.array(fc.record({ item_id: fc.string(), explored: optional(fc.boolean()) }))),
});
const present = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, each: unknown) => (each instanceof Uint8Array ? [...each] : each)));

describe('a Parquet table', () => {
  it('is read as it was written, and in any part', async () => {
    await fc.assert(fc.asyncProperty(fc.array(aRow, { maxLength: 40 }), fc.nat(40), fc.nat(40), async (rows, a, b) => {
      const file = await ParquetFile.open(encodeTable(columns, rows, { rowGroups: [3, 7] }));
      expect(file.rowCount).toBe(rows.length);
      expect(present(await file.rows())).toEqual(present(rows));
      const [from, to] = [Math.min(a, b, rows.length), Math.min(Math.max(a, b), rows.length)];
      if (from < to) expect(present(await file.rows({ from, to, columns: ['id', 'bytes'] }))).toEqual(present(rows.slice(from, to).map(({ id, bytes }) => ({ id, bytes }))));
    }), { numRuns: 60 });
  });

  it('has the same bytes for the same rows', () => {
    const rows: Row[] = [{ id: 'a', position: 1, tags: ['x'] }];
    expect(encodeTable(columns, rows)).toEqual(encodeTable(columns, rows));
  });

  it('reads no more of a file than it is asked for', async () => {
    const bytes = encodeTable(columns, Array.from({ length: 2000 }, (_, i) => ({ id: `${i}`, position: i, bytes: new Uint8Array(100).map((__, k) => (i * 31 + k * 17) % 251) })), { rowGroups: [100] });
    let read = 0;
    const file = await ParquetFile.open({
      byteLength: bytes.length,
      slice: async (start: number, end: number = bytes.length) => {
        read += end - start;
        return bytes.slice(start, end).buffer;
      },
    });
    const before = read;
    expect(await file.rows({ columns: ['id'], from: 500, to: 600 })).toHaveLength(100);
    expect(read - before).toBeLessThan(bytes.length / 20);
  });

  it('keeps columns that nothing has', async () => {
    // As it comes from a disk, where its memory may be that of others.
    const file = await ParquetFile.open(Buffer.concat([Buffer.from('before'), encodeTable(columns, [{ id: 'a', position: 1 }])]).subarray(6));
    expect(file.columns).toEqual(columns.map(({ name }) => name));
  });
});
