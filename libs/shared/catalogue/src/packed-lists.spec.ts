import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PackedLists } from './packed-lists.js';

/** Rows of numbers, and where each begins, with a number beside each place as records have them. */
class Rows {
  readonly lists = new PackedLists();
  readonly places = new Float64Array(2 * 1502);

  write(row: number, categories: Int32Array, labels: Int32Array): void {
    this.places[row * 2 + 1] = this.lists.write(this.places[row * 2 + 1]!, categories, labels);
    if (this.lists.isSparse) this.lists.pack(this.places, 1, 2);
  }
}

const rowOf = ({ places, lists: { numbers } }: Rows, row: number): readonly [number[], number[]] => {
  const at = places[row * 2 + 1]!;
  const [categories, labels] = [numbers[at]!, numbers[at + 1]!];
  return [[...numbers.subarray(at + 2, at + 2 + categories)], [...numbers.subarray(at + 2 + categories, at + 2 + categories + labels)]];
};

describe('PackedLists', () => {
  it('holds what was last written of each row', () => {
    const list = fc.array(fc.nat(1000), { maxLength: 12 });
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(1500), list, list), { maxLength: 60 }), (writes) => {
      const lists = new Rows();
      const model = new Map<number, readonly [number[], number[]]>();
      for (const [row, categories, labels] of writes) {
        lists.write(row, Int32Array.from(categories), Int32Array.from(labels));
        model.set(row, [categories, labels]);
      }
      for (const [row, expected] of model) expect(rowOf(lists, row)).toEqual(expected);
      expect(rowOf(lists, 1501)).toEqual([[], []]);
    }));
  });

  it('does not grow with the number of changes', () => {
    const lists = new Rows();
    for (let change = 0; change < 50_000; change++) lists.write(change % 100, new Int32Array(change % 37).fill(change), new Int32Array(3).fill(7));
    expect(lists.lists.numbers.length).toBeLessThan(1_000_000);
    for (let row = 0; row < 100; row++) expect(rowOf(lists, row)).toEqual([Array.from({ length: (49_900 + row) % 37 }, () => 49_900 + row), [7, 7, 7]]);
  });
});
