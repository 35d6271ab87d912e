import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DescribedModel } from '@serendip/platform-bundles';
import { listsOf, readInputs } from './golden.js';
import { IsolatedModel } from './isolated/isolated-model.js';
import { MODEL_FILE } from './requirements.js';

/**
 * What a graph answers for lines of `{"inputs": {name: nested lists}}`, in their order, each as `{name: nested lists}`; it runs in a process of its own.
 * Throws INVALID_ARGUMENT/GOLDEN_INVALID for a line that does not fit the signature, and what IsolatedModel throws.
 */
export async function predict(onnx: Uint8Array, signature: NonNullable<DescribedModel['signature']>, lines: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const inputs = lines.map((line) => readInputs(line, signature.inputs));
  const folder = await mkdtemp(join(tmpdir(), 'serendip-model-'));
  const model = new IsolatedModel();
  try {
    const file = join(folder, MODEL_FILE);
    await writeFile(file, onnx);
    await model.load(file);
    const answers: Readonly<Record<string, unknown>>[] = [];
    for (const each of inputs) answers.push(Object.fromEntries(Object.entries(await model.run(each)).map(([name, tensor]) => [name, listsOf(tensor)])));
    return answers;
  } finally {
    model.close();
    await rm(folder, { recursive: true, force: true });
  }
}
