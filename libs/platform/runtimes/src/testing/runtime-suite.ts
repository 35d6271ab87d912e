import assert from 'node:assert/strict';
import type { ModelRuntime, Tensors } from '../model-runtime.js';
import { FEATURES, HEADS, expected, features } from './dense-model.js';

/** Most that an output may differ from the one computed in double precision. */
export const TOLERANCE = 1e-5;

export interface RuntimeCheck {
  /** A sentence of behaviour. */
  readonly name: string;
  /** Throws when the runtime doesn't do so. Answers the largest difference of an output from the right one, where outputs were compared. */
  readonly run: (runtime: ModelRuntime) => Promise<number>;
}

/** What every runtime does with the dense model. */
export const RUNTIME_SUITE: readonly RuntimeCheck[] = [
  {
    name: 'says what it takes and answers, rows being free',
    run: async ({ inputs, outputs }) => {
      const said = (specs: typeof inputs) => Array.from(specs, ({ name, type, shape: [rows, columns] }) => [name, type, typeof rows, columns]).sort();
      assert.deepEqual(said(inputs), [['features', 'float32', 'string', FEATURES]]);
      assert.deepEqual(said(outputs), HEADS.map((head) => [head, 'float32', 'string', 1]));
      return 0;
    },
  },
  {
    name: 'answers what the model says, for one row and for many',
    run: async (runtime) => {
      let most = 0;
      for (const rows of [1, 2, 33, 500, 1]) most = Math.max(most, await compared(runtime, rows, rows));
      return most;
    },
  },
  { name: 'answers each of several runs at once with its own', run: async (runtime) => Math.max(...await Promise.all(Array.from({ length: 8 }, (_, i) => compared(runtime, 1 + i * 7, 100 + i)))) },
  {
    name: 'refuses an input that is missing or of another shape, and goes on',
    run: async (runtime) => {
      await assert.rejects(runtime.run({}));
      await assert.rejects(runtime.run({ features: { type: 'float32', shape: [2, FEATURES + 1], data: new Float32Array(2 * (FEATURES + 1)) } }));
      return compared(runtime, 5, 9);
    },
  },
  {
    name: 'keeps what is no number in its row',
    run: async (runtime) => {
      const rows = features(3, 17);
      (rows.data as Float32Array)[FEATURES] = NaN;
      const { value } = await runtime.run({ features: rows });
      const right = expected(rows).value;
      assert.ok([0, 2].every((row) => Math.abs(Number(value!.data[row]) - right[row]!) <= TOLERANCE));
      return 0;
    },
  },
];

async function compared(runtime: ModelRuntime, rows: number, seed: number): Promise<number> {
  const given = features(rows, seed);
  const answered: Tensors = await runtime.run({ features: given });
  const right = expected(given);
  let most = 0;
  for (const head of HEADS) {
    const { type, shape, data } = answered[head]!;
    assert.deepEqual([type, [...shape]], ['float32', [rows, 1]]);
    right[head].forEach((score, row) => { most = Math.max(most, Math.abs(score - Number(data[row]))); });
  }
  assert.ok(most <= TOLERANCE, `an output is off by ${most}, more than ${TOLERANCE}`);
  return most;
}
