import { describe, expect, it } from '@jest/globals';
import { LagFilterEncoder, lagFilterEpsilon, type LagFilterWeights } from './lag-filter.js';

const dimension = 4;
const lags = 3;
const hidden = 5;
const itemCount = 6;

function table(size: number, phase: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7 + phase));
}

const weights: LagFilterWeights = {
  dimension, lags, hidden,
  itemIn: table(itemCount * dimension, 0),
  lagWeights: table(lags * dimension, 1),
  w1: table(hidden * dimension, 2),
  b1: table(hidden, 3),
  w2: table(dimension * hidden, 4),
};

/** The formula, written without regard to speed. */
function expected(recent: readonly number[]): number[] {
  const h = Array.from({ length: dimension }, (_, c) =>
    recent.slice(0, lags).reduce((sum, item, l) => sum + weights.lagWeights[l * dimension + c]! * weights.itemIn[item * dimension + c]!, 0));
  const rms = Math.sqrt(h.reduce((sum, value) => sum + value * value, 0) / dimension + lagFilterEpsilon);
  const n = h.map((value) => value / rms);
  const r = Array.from({ length: hidden }, (_, j) => Math.max(0, n.reduce((sum, value, c) => sum + value * weights.w1[j * dimension + c]!, weights.b1[j]!)));
  return n.map((value, c) => r.reduce((sum, unit, j) => sum + unit * weights.w2[c * hidden + j]!, value));
}

function encode(recent: readonly number[]): number[] {
  const out = new Float32Array(dimension);
  new LagFilterEncoder(weights).encode(recent, out);
  return [...out];
}

function expectClose(actual: readonly number[], wanted: readonly number[]): void {
  expect(actual.length).toBe(wanted.length);
  actual.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));
}

describe('LagFilterEncoder', () => {
  it('computes its formula, newest item first', () => {
    expectClose(encode([2]), expected([2]));
    expectClose(encode([5, 0, 3]), expected([5, 0, 3]));
  });

  it('looks no further back than its lags', () => {
    expect(encode([5, 0, 3, 1, 1])).toEqual(encode([5, 0, 3]));
  });

  it('skips unknown items and immediate repeats without spending a lag on them', () => {
    expect(encode([-1, 5, 5, 99, 0, -1, 3])).toEqual(encode([5, 0, 3]));
    expect(encode([5, 0, 5])).not.toEqual(encode([5, 0]));
  });

  it('answers zeros and 0 where nothing is known, and otherwise how many items it used', () => {
    const encoder = new LagFilterEncoder(weights);
    const out = new Float32Array(dimension).fill(7);
    expect(encoder.encode([-1, 99], out)).toBe(0);
    expect([...out]).toEqual([0, 0, 0, 0]);
    expect(encoder.encode([1, 2], out)).toBe(2);
  });

  it('keeps nothing from one call to the next', () => {
    const encoder = new LagFilterEncoder(weights);
    const first = new Float32Array(dimension);
    const again = new Float32Array(dimension);
    encoder.encode([4, 1], first);
    encoder.encode([0, 2, 3], again);
    encoder.encode([4, 1], again);
    expect([...again]).toEqual([...first]);
  });

  it('refuses weights that do not fit each other', () => {
    expect(() => new LagFilterEncoder({ ...weights, lags: 4 })).toThrow(RangeError);
  });
});
