import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ItemInputs, type DescribedItem } from './item-inputs.js';

const nothing: DescribedItem = { title: '', categories: [], tags: [], price: NaN, attributes: {} };

function rowOf(item: Partial<DescribedItem>, ...names: string[]): number[] {
  const inputs = new ItemInputs(names);
  const rows = new Float32Array(inputs.width);
  inputs.write({ ...nothing, ...item }, rows, 0);
  return [...rows];
}

describe('ItemInputs', () => {
  const vectors = JSON.parse(readFileSync(new URL('../test-vectors.json', import.meta.url), 'utf8')) as { readonly inputs: string[]; readonly cases: readonly { readonly item: Partial<DescribedItem>; readonly row: Readonly<Record<string, number>> }[] };

  it.each(vectors.cases.map(({ item, row }, i) => [i, item, row] as const))('makes of item %i what Python makes of it', (_, item, row) => {
    const found = rowOf(item, ...vectors.inputs);
    expect(Object.fromEntries([...found.entries()].filter(([, value]) => value !== 0).map(([column, value]) => [`${column}`, value]))).toEqual(Object.fromEntries(Object.entries(row).map(([column, value]) => [column, Math.fround(value)])));
  });

  it('puts a number and whether there is one into two columns, and zeros where there is none', () => {
    expect(rowOf({ price: 12.5, attributes: { stock: 0, size: 'L' } }, 'price', 'item.stock', 'item.size', 'item.weight')).toEqual([12.5, 1, 0, 1, 0, 0, 0, 0]);
    expect(rowOf({}, 'price')).toEqual([0, 0]);
  });

  it('puts each item into its own row', () => {
    const inputs = new ItemInputs(['price']);
    const rows = new Float32Array(6);
    [1, 2, 3].forEach((price, row) => inputs.write({ ...nothing, price }, rows, row));
    expect([...rows]).toEqual([1, 1, 2, 1, 3, 1]);
  });

  it('says whose a column is', () => {
    const inputs = new ItemInputs(['price', 'tags#4', 'item.weight']);
    expect([0, 1, 2, 5, 6, 7].map((column) => inputs.nameAt(column))).toEqual(['price', 'price', 'tags#4', 'tags#4', 'item.weight', 'item.weight']);
  });

  it.each([['colour'], ['title'], ['tags'], ['price#8'], ['words:title'], ['tags#0'], ['item.'], ['words:words:title#8'], ['title#8 ']])('refuses %p', (name) => {
    expect(() => new ItemInputs([name])).toThrow(`'${name}' is no input`);
  });

  it('refuses none, and more columns than a row may have', () => {
    expect(() => new ItemInputs([])).toThrow('0 columns');
    expect(() => new ItemInputs(['title#9000', 'tags#9000'])).toThrow('18000 columns');
  });
});
