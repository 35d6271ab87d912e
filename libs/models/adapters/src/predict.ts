import type { DescribedModel } from '@serendip/platform-bundles';
import { listsOf, readInputs } from './golden.js';
import type { IsolatedModel } from './isolated/isolated-model.js';
import { OpenedModels, type ModelParts } from './opened-models.js';
import { MODEL_FILE } from './requirements.js';

/**
 * What a graph answers for lines of `{"inputs": {name: nested lists}}`, in their order, each as `{name: nested lists}`; it runs in a process of its own.
 * Throws INVALID_ARGUMENT/GOLDEN_INVALID for a line that does not fit the signature, and what `OpenedModels.open` and IsolatedModel throw.
 */
export async function predict(
  { format, signature }: Pick<DescribedModel, 'format'> & Required<Pick<DescribedModel, 'signature'>>, parts: ModelParts, lines: readonly string[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const inputs = readInputs(lines, signature.inputs);
  return withOpened(format, parts, async (model) => {
    const answers: Readonly<Record<string, unknown>>[] = [];
    for (const each of inputs) answers.push(Object.fromEntries(Object.entries(await model.run(each)).map(([name, tensor]) => [name, listsOf(tensor)])));
    return answers;
  });
}

/** Does something with an ONNX graph that is loaded in a process of its own. Throws what IsolatedModel throws. */
export function withModel<T>(onnx: Uint8Array, work: (model: IsolatedModel) => Promise<T>): Promise<T> {
  return withOpened('onnx', { files: [MODEL_FILE], read: async () => onnx }, work);
}

async function withOpened<T>(format: DescribedModel['format'], parts: ModelParts, work: (model: IsolatedModel) => Promise<T>): Promise<T> {
  const models = await OpenedModels.open({ format }, parts);
  try {
    return await work(models.first);
  } finally {
    await models.close();
  }
}
