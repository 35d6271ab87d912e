import { describe, expect, it } from '@jest/globals';
import { Adam } from './adam.js';
import { GradientRows } from './gradient-rows.js';
import { warmUpCosine } from './schedule.js';

describe('Adam', () => {
  it('moves by the rate against the sign of the first gradient, whatever its size', () => {
    const parameters = Float32Array.of(1, 1, 1);
    new Adam(3).update(parameters, Float32Array.of(0.001, -50, 0), 0.1);
    expect([...parameters].map((value) => Number(value.toFixed(4)))).toEqual([0.9, 1.1, 1]);
  });

  it('finds the bottom of a bowl', () => {
    const parameters = Float32Array.of(3, -2);
    const adam = new Adam(2);
    for (let step = 0; step < 500; step++) adam.update(parameters, Float32Array.of(2 * (parameters[0]! - 1), 8 * (parameters[1]! + 1)), 0.05);
    expect(parameters[0]).toBeCloseTo(1, 2);
    expect(parameters[1]).toBeCloseTo(-1, 2);
  });

  it('moves only the named rows of a table', () => {
    const table = new Float32Array(6);
    new Adam(6).updateRows(table, Int32Array.of(2, 0), Float32Array.of(1, 1, -1, 1), { count: 2, width: 2, rate: 0.1 });
    expect([...table].map((value) => Number(value.toFixed(4)))).toEqual([0.1, -0.1, 0, 0, -0.1, -0.1]);
  });
});

describe('GradientRows', () => {
  it('sums what is added to a row and starts afresh after a clear', () => {
    const rows = new GradientRows(5, 2, 4);
    const source = Float32Array.of(1, 2, 10, 20);
    rows.add(3, source, 0);
    rows.add(1, source, 2);
    rows.add(3, source, 2);
    expect([...rows.rows.subarray(0, rows.count)]).toEqual([3, 1]);
    expect([...rows.values.subarray(0, 4)]).toEqual([11, 22, 10, 20]);
    rows.clear();
    rows.add(1, source, 0);
    expect([rows.count, rows.rows[0], rows.values[0], rows.values[1]]).toEqual([1, 1, 1, 2]);
  });
});

describe('warmUpCosine', () => {
  const rate = { peak: 1, warmUp: 10, total: 100 };

  it('rises, falls and ends at nothing', () => {
    expect(warmUpCosine(0, rate)).toBeCloseTo(0.1, 3);
    expect(warmUpCosine(50, rate)).toBeCloseTo(0.5, 6);
    expect(warmUpCosine(100, rate)).toBeCloseTo(0, 6);
  });

  it('follows the share it is given where that is not the steps', () => {
    expect(warmUpCosine(20, rate, 0.5)).toBeCloseTo(0.5, 6);
    expect(warmUpCosine(20, rate, 1.7)).toBeCloseTo(0, 6);
  });
});
