import { describe, expect, it } from '@jest/globals';
import { randomRetriever } from '../testing/index.js';
import { RetrieverModel, type RetrieverParts } from './retriever-model.js';

const good = randomRetriever(['a', 'b', 'c']);
const refusal = (more: Partial<RetrieverParts>): string => {
  try {
    RetrieverModel.of({ ...good, ...more });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('RetrieverModel', () => {
  it('knows its items', () => {
    const model = RetrieverModel.of(good);
    expect(['a', 'b', 'c', 'd'].map((id) => model.rowOfId(id))).toEqual([0, 1, 2, -1]);
  });

  it('refuses parts that do not fit together', () => {
    expect(refusal({ items: ['a', 'b'] })).toContain('item_in has 24 values and needs 16');
    expect(refusal({ itemOut: new Float32Array(3) })).toContain('item_out');
    expect(refusal({ bias: new Float32Array(2) })).toContain('bias');
    expect(refusal({ neighbours: { width: 2, ids: new Int32Array(4), weights: new Float32Array(4) } })).toContain('neighbours');
    expect(refusal({ similar: { width: 1, ids: Int32Array.of(0, 3, -1), weights: new Float32Array(3) } })).toContain("rows that don't exist");
  });

  it('refuses numbers that are not finite', () => {
    expect(refusal({ bias: Float32Array.of(0, Infinity, 0) })).toContain('bias has values that are not finite');
  });

  it('works without neighbours', () => {
    const { neighbours: _, similar: __, ...bare } = good;
    expect(RetrieverModel.of(bare).next).toBeUndefined();
  });
});
