import type { DescribedModel } from '@serendip/platform-bundles';
import type { Prices } from '@serendip/platform-config/prices';
import { CheckFailed, type Passed } from './check.js';
import { costPerMillion } from './cost.js';
import { TOLERANCE, apart, distance, rowsOf, tiled, type GoldenCase } from './golden.js';
import type { IsolatedModel } from './isolated/isolated-model.js';
import type { Tensors, TensorValue } from './isolated/messages.js';

const BATCHES = [1, 32, 500] as const;
const MEASURED_SECONDS = 0.5;
/** The most that a run may take at the median, so that its stage of a request keeps its deadline; nobody waits for an item encoder, which is asked about 32 items at a time. */
const MOST_MS: Readonly<Record<DescribedModel['kind'], { readonly rows: (typeof BATCHES)[number]; readonly ms: number }>> = {
  ranker: { rows: 500, ms: 100 }, retriever: { rows: 1, ms: 50 }, 'item-encoder': { rows: 32, ms: 500 },
};
const EXTREME = 1e6;

/** Every golden case must come out as it says, within the tolerance. */
export async function checkGolden(model: IsolatedModel, cases: readonly GoldenCase[]): Promise<Passed> {
  let most = 0;
  for (const [i, { inputs, outputs }] of cases.entries()) {
    const actual = await model.run(inputs);
    for (const [name, expected] of Object.entries(outputs)) {
      const far = distance(actual[name], expected);
      most = Math.max(most, far);
      if (far > 1) throw new CheckFailed(`Line ${i + 1} of golden.jsonl: '${name}' ${difference(actual[name], expected)}. Export the model that wrote golden.jsonl, in evaluation mode.`, { cases: cases.length, line: i + 1 });
    }
  }
  return { detail: `${cases.length} golden cases come out as they say (|difference| ≤ ${TOLERANCE.absolute} + ${TOLERANCE.relative}·|value|).`, figures: { cases: cases.length, largestDifference: most } };
}

function difference(actual: TensorValue | undefined, expected: TensorValue): string {
  if (actual?.dims.join() !== expected.dims.join()) return `has the shape [${actual?.dims.join(', ') ?? ''}], not [${expected.dims.join(', ')}]`;
  const at = Array.from(actual.data, Number).findIndex((value, i) => !(apart(value, Number(expected.data[i])) <= 1));
  return `is ${actual.data[at]}, not ${expected.data[at]}`;
}

/** Numbers come out for any numbers, the same for the same, and those of a row whatever rows share its run. */
export async function checkOutputs(model: IsolatedModel, { inputs }: GoldenCase): Promise<Passed> {
  const rows = BATCHES[1];
  const batch = tiled(inputs, rows);
  const once = await model.run(batch);
  const again = await model.run(batch);
  for (const [name, output] of Object.entries(once)) {
    if (output.dims[0] !== rows) throw new CheckFailed(`'${name}' has ${output.dims[0]} rows for ${rows} rows: each row of the input has one of the output.`);
    if (distance(again[name], output) > 0) throw new CheckFailed(`'${name}' is another the second time for the same input: export the model in evaluation mode.`);
  }
  finite(once, 'golden rows');
  // More than the first row: in what looks at the largest of a batch, one row sees itself.
  for (const row of [0, 1, rows - 1]) {
    const alone = await model.run(rowsOf(batch, row, row + 1));
    for (const [name, output] of Object.entries(rowsOf(once, row, row + 1))) {
      if (distance(alone[name], output) > 1) throw new CheckFailed(`'${name}' of a row depends on the rows beside it: requests share a run, so a row must stand for itself (no normalisation over the batch).`);
    }
  }
  for (const value of [0, EXTREME, -EXTREME]) finite(await model.run(filled(batch, value)), `${value}`);
  return { detail: 'Outputs are finite, the same every time, and a row\'s own.', figures: { rows } };
}

function finite(outputs: Tensors, from: string): void {
  for (const [name, { data }] of Object.entries(outputs)) {
    const bad = Array.from(data, Number).find((value) => !Number.isFinite(value));
    if (bad !== undefined) throw new CheckFailed(`'${name}' has ${bad} for an input of ${from}: guard divisions and logarithms, and clip what may overflow.`);
  }
}

/** Every float is this value; what counts things stays as it is. */
const filled = (inputs: Tensors, value: number): Tensors => Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [
  name, tensor.dtype.startsWith('float') ? { ...tensor, data: (tensor.data as Float32Array).map(() => value) } : tensor,
]));

/** How long a run takes, how much memory, and what it costs, at several batch sizes. */
export async function checkLatency(model: IsolatedModel, { inputs }: GoldenCase, { kind, prices }: { readonly kind: DescribedModel['kind']; readonly prices: Prices }): Promise<Passed> {
  const figures: Record<string, number> = {};
  for (const rows of BATCHES) {
    const measured = await model.measure(tiled(inputs, rows), MEASURED_SECONDS);
    figures[`rows${rows}.p50Ms`] = measured.p50Ms;
    figures[`rows${rows}.p99Ms`] = measured.p99Ms;
    figures[`rows${rows}.cpuMs`] = measured.cpuSeconds * 1000;
    figures[`rows${rows}.costPerMillion`] = costPerMillion(measured, model.peakBytes, prices);
  }
  figures.memoryMiB = model.peakBytes / 2 ** 20;
  const limit = MOST_MS[kind];
  const took = figures[`rows${limit.rows}.p50Ms`]!;
  if (took > limit.ms) throw new CheckFailed(`${limit.rows} rows take ${took.toFixed(1)} ms at the median, more than ${limit.ms}: make the model smaller.`, figures);
  return { detail: `${limit.rows} rows take ${took.toFixed(2)} ms at the median on one core.`, figures };
}
