import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeNpy, writeBundle, type DescribedModel } from '@serendip/platform-bundles';
import { openObjectStore, type ObjectStore } from '@serendip/platform-objects';
import { checkRuntimes } from '@serendip/platform-runtimes';
import { allPassed, checkBundle, type Check } from './index.js';
import { node, savedModel, sumModel, type GraphNode } from './testing/index.js';

let folder: string;
let objects: ObjectStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-checks-'));
  objects = openObjectStore(`file:${folder}`);
});
afterEach(() => rmSync(folder, { recursive: true }));

const manifest: DescribedModel = {
  name: 'spec', kind: 'ranker', format: 'tensorflow', features: ['retrieval_score', 'popularity_7d'], heads: [{ name: 'engage', weight: 1 }], metrics: {},
  signature: { inputs: [{ name: 'features', dtype: 'float32', shape: ['rows', 2] }], outputs: [{ name: 'scores', dtype: 'float32', shape: ['rows', 1] }] },
};

async function check(files: Readonly<Record<string, Uint8Array>>, scores: readonly number[] = [3, 7]): Promise<readonly Check[]> {
  const golden = Buffer.from(JSON.stringify({ inputs: { features: [[1, 2], [3, 4]] }, outputs: { scores: scores.map((score) => [score]) } }));
  return checkBundle(objects, await writeBundle(objects, { manifest, files: { 'golden.jsonl': golden, 'feature_means.npy': encodeNpy({ data: new Float32Array(2), shape: [2] }), ...files } }));
}

const failed = (checks: readonly Check[]) => checks.filter(({ outcome }) => outcome === 'failed').map(({ name, detail }) => `${name}: ${detail}`);
const behind = (...more: readonly GraphNode[]) => sumModel({ more, constants: { axis: [0] } });

const [wasm, native] = await checkRuntimes(['tfjs-wasm', 'tfjs-node']);
if (!wasm!.available) process.stderr.write(`Skipped, because ${wasm!.reason}: checks that run TensorFlow models. It ${wasm!.advice}.\n`);

(wasm!.available ? describe : describe.skip)('checks of a graph model', () => {
  it('pass what is as it says, on WebAssembly, with figures', async () => {
    const checks = await check(sumModel());
    expect(failed(checks)).toEqual([]);
    expect(checks.map(({ outcome }) => outcome)).toEqual([...Array<string>(7).fill('passed'), 'skipped']);
    expect(checks[2]!.detail).toContain('tfjs-wasm');
    const figures = Object.assign({}, ...checks.map((each) => each.figures)) as Record<string, number>;
    expect(figures).toMatchObject({ nodes: 3, weights: 2, cases: 1 });
    for (const name of ['memoryMiB', 'rows1.p50Ms', 'rows500.costPerMillion']) expect(figures[name]).toBeGreaterThan(0);
  }, 120_000);

  it.each<[string, Readonly<Record<string, Uint8Array>>, readonly number[], RegExp]>([
    ['another score than it says', sumModel(), [3, 8], /^golden: Line 1.*is 7, not 8/],
    ['rows that depend on each other', behind(node('most', 'Max', ['sum', 'axis'], { keep_dims: { b: true } }), node('scores', 'Sub', ['sum', 'most'])), [-4, 0], /^outputs: .*rows beside it/],
    ['infinities', behind(node('scores', 'Exp', ['sum'])), [Math.exp(3), Math.exp(7)], /^outputs: .*Infinity/],
    ['another width', sumModel({ width: 3 }), [3, 7], /^signature: .*\[dimension0, 3\] in the graph/],
  ])('refuse %s, and say why', async (_, files, scores, why) => {
    const faults = failed(await check(files, scores));
    expect(faults).toEqual([expect.stringMatching(why)]);
  }, 120_000);
});

(native!.available ? it.skip : it)('a SavedModel fails where TensorFlow is not to be had, with how to get it', async () => {
  const checks = await check({ 'saved_model.pb': savedModel() });
  expect(failed(checks)).toEqual([expect.stringMatching(/^load: It runs on tfjs-node, which can't be had here: .*install-runtimes\.mjs tensorflow.*build-tensorflow-binding.*push the model once more/)]);
  expect(allPassed(checks)).toBe(false);
}, 120_000);
