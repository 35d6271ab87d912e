import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeNpy, type DescribedModel } from '@serendip/platform-bundles';
import type { Compression } from '@serendip/models-adapters';
import { EXIT, Failure } from '../../commands/failure.js';
import type { Slates } from '../../evaluation/slates.js';
import type { FetchedVersion } from '../fetch-version.js';
import { readModelFolder, type ModelFolder } from '../model-folder.js';
import { distill } from './distill.js';

export type Method = Compression | { readonly kind: 'distill'; readonly hidden: readonly number[]; readonly slates: Slates };

const GRAPH = 'model.onnx';
const GOLDEN = 'golden.jsonl';
const MEANS = 'feature_means.npy';

/** Writes a smaller model of a version into a new or empty folder, as a bundle that names its parent. Throws Failure, and what compressGraph throws. */
export async function compressVersion({ reference, folder: parent }: FetchedVersion, method: Method, out: string): Promise<ModelFolder> {
  refuseOthers(parent.model);
  await mkdir(out, { recursive: true });
  if ((await readdir(out)).length > 0) throw new Failure(`'${out}' is not empty: name a new folder.`, EXIT.usage);
  const { onnx, how, featureMeans } = await smaller(parent, method);
  const { predict } = await import('@serendip/models-adapters');
  const inputs = Buffer.from(await parent.read(GOLDEN)).toString().split('\n').filter((line) => line.trim() !== '');
  const outputs = await predict({ format: 'onnx', signature: parent.model.signature! }, { files: [GRAPH], read: async () => onnx }, inputs);
  const files: Readonly<Record<string, Uint8Array | string>> = {
    ...Object.fromEntries(await Promise.all(parent.files.map(async (name) => [name, await parent.read(name)] as const))),
    [GRAPH]: onnx,
    [GOLDEN]: inputs.map((line, i) => `${JSON.stringify({ inputs: (JSON.parse(line) as { inputs: unknown }).inputs, outputs: outputs[i] })}\n`).join(''),
    ...(featureMeans === undefined ? {} : { [MEANS]: encodeNpy({ data: featureMeans, shape: [featureMeans.length] }) }),
    'model.yaml': `${JSON.stringify(described(parent.model, reference, how), null, 2)}\n`,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(out, name), content);
  return readModelFolder(out);
}

function refuseOthers({ kind, format }: DescribedModel): void {
  if (format === 'table') throw new Failure('It is made of tables (.npy), and embedding reads these as float32, float64 or int32 only: train it with fewer dimensions.', EXIT.refused);
  if (format !== 'onnx') throw new Failure(`A ${kind} of format ${format} is not compressed here: convert it to ONNX first.`, EXIT.refused);
}

async function smaller(parent: ModelFolder, method: Method): Promise<{ readonly onnx: Uint8Array; readonly how: string; readonly featureMeans?: Float32Array }> {
  if (method.kind === 'distill') return { ...await distill(parent, method.slates, method.hidden), how: `distilled into ${method.hidden.join('-')} on ${method.slates.offsets.length - 1} slates` };
  const { compressGraph } = await import('@serendip/models-adapters');
  return compressGraph(await parent.read(GRAPH), method);
}

/** What the parent measured is not this one's, and whoever trained the parent has not judged this one. */
function described({ metrics: _, owner: __, notes: ___, lineage, ...model }: DescribedModel, parent: string, how: string): DescribedModel {
  return { ...model, metrics: {}, lineage: { ...lineage, parent, how } };
}
