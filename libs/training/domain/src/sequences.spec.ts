import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkSequences, collapseRepeats, holdOutLast, itemCounts, newestFirst, sequenceCount, someCases, type Sequences } from './sequences.js';

function sequencesOf(...lists: readonly number[][]): Sequences {
  const offsets = [0];
  for (const list of lists) offsets.push(offsets.at(-1)! + list.length);
  return { offsets: Int32Array.from(offsets), items: Int32Array.from(lists.flat()) };
}

function listsOf(sequences: Sequences): number[][] {
  return Array.from({ length: sequenceCount(sequences) }, (_, s) => [...sequences.items.subarray(sequences.offsets[s], sequences.offsets[s + 1])]);
}

const anyLists = fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 8 }), { maxLength: 6 });

describe('sequences', () => {
  it('collapses immediate repeats, keeps the greatest weight and does not reach across histories', () => {
    const sequences = { ...sequencesOf([1, 1, 2, 1], [1, 1], []), weights: Float32Array.of(1, 5, 1, 1, 0, 2) };
    const collapsed = collapseRepeats(sequences);
    expect(listsOf(collapsed)).toEqual([[1, 2, 1], [1], []]);
    expect([...collapsed.weights!]).toEqual([5, 1, 1, 2]);
  });

  it('leaves no repeats, and nothing to do a second time', () => {
    fc.assert(fc.property(anyLists, (lists) => {
      const once = collapseRepeats(sequencesOf(...lists));
      for (const list of listsOf(once)) list.forEach((item, i) => expect(item).not.toBe(list[i + 1]));
      expect(listsOf(collapseRepeats(once))).toEqual(listsOf(once));
    }));
  });

  it('holds the last items out and can be put together again', () => {
    expect(listsOf(holdOutLast(sequencesOf([1, 2, 3], [4], [])).targets)).toEqual([[3], [], []]);
    fc.assert(fc.property(anyLists, fc.integer({ min: 1, max: 3 }), (lists, count) => {
      const { histories, targets } = holdOutLast(sequencesOf(...lists), count);
      const rest = listsOf(targets);
      expect(listsOf(histories).map((history, s) => [...history, ...rest[s]!])).toEqual(lists);
      listsOf(histories).forEach((history, s) => expect(history.length > 0 || lists[s]!.length === 0).toBe(true));
    }));
  });

  it('gives a history newest first, and counts items', () => {
    const sequences = sequencesOf([1, 2, 3], [3]);
    expect([...newestFirst(sequences, 0)]).toEqual([3, 2, 1]);
    expect([...itemCounts(sequences, 5)]).toEqual([0, 1, 1, 2, 0]);
  });

  it('picks cases that have a target, evenly', () => {
    const heldOut = { histories: sequencesOf([1], [2], [3], [4], [5]), targets: sequencesOf([9], [], [8], [7], [6]) };
    expect(listsOf(someCases(heldOut, 2).targets)).toEqual([[9], [7]]);
    expect(listsOf(someCases(heldOut, 100).histories)).toEqual([[1], [3], [4], [5]]);
  });

  it('refuses what is not sequences', () => {
    const bad: [Sequences, number][] = [
      [{ offsets: Int32Array.of(), items: Int32Array.of() }, 5],
      [{ offsets: Int32Array.of(0, 3), items: Int32Array.of(1, 2) }, 5],
      [{ offsets: Int32Array.of(0, 2, 1, 3), items: Int32Array.of(1, 2, 3) }, 5],
      [sequencesOf([1, 5]), 5],
      [sequencesOf([-1]), 5],
      [{ ...sequencesOf([1, 2]), weights: Float32Array.of(1) }, 5],
      [{ ...sequencesOf([1, 2]), weights: Float32Array.of(1, NaN) }, 5],
    ];
    for (const [sequences, itemCount] of bad) expect(() => checkSequences(sequences, itemCount)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'BAD_SEQUENCES' }));
    expect(() => checkSequences(sequencesOf([1, 4]), 5)).not.toThrow();
  });
});
