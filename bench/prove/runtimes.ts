/** `npm run prove -- runtimes`: the same model on every runtime, held against the same suite. */
import { HostedRuntime, checkRuntimes, type ModelFiles, type RuntimeName } from '@serendip/platform-runtimes';
import { RUNTIME_SUITE, TOLERANCE, graphModelFiles, onnxFiles } from '@serendip/platform-runtimes/testing';
import { note, rounded, show, type Outcome } from '../shared/show.ts';
import { installMissing } from './runtimes/install-missing.ts';
import { buildBinding, savedModelFiles } from './runtimes/tensorflow.ts';

interface Subject {
  readonly label: string;
  readonly runtime: RuntimeName;
  readonly files: ModelFiles;
}

const ALWAYS: readonly Subject[] = [
  { label: 'onnxCpu', runtime: 'onnx-cpu', files: onnxFiles() }, { label: 'onnxWebgpu', runtime: 'onnx-webgpu', files: onnxFiles() },
  { label: 'tfjsWasm', runtime: 'tfjs-wasm', files: graphModelFiles() }, { label: 'tfjsWebgpu', runtime: 'tfjs-webgpu', files: graphModelFiles() },
];

function withTensorFlow(): readonly Subject[] {
  buildBinding();
  return [{ label: 'tfjsNode', runtime: 'tfjs-node', files: graphModelFiles() }, { label: 'tfjsNodeSavedModel', runtime: 'tfjs-node', files: savedModelFiles() }];
}

async function prove(subjects: readonly Subject[], broken: boolean): Promise<Outcome> {
  const figures: Record<string, unknown> = {};
  let missing = 0;
  let failed = 0;
  for (const { label, runtime, files } of subjects) {
    const [status] = await checkRuntimes([runtime]);
    if (!status!.available) {
      missing++;
      note(`${label}: ${runtime} is not to be had here: ${status!.reason}. It ${status!.advice}.`);
      continue;
    }
    const model = await HostedRuntime.start(runtime, files);
    const failedBefore = failed;
    let most = 0;
    try {
      for (const check of RUNTIME_SUITE) {
        try {
          most = Math.max(most, await check.run(broken ? offByOne(model) : model));
        } catch (error) {
          failed++;
          note(`${label} does not hold: it ${check.name}. ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`);
        }
      }
    } finally {
      await model.close();
    }
    // Where a check failed, how far outputs differ was not measured to the end.
    const difference = failed === failedBefore ? most : NaN;
    note(`${label} on ${status!.device}: ${RUNTIME_SUITE.length} checks, ${failed - failedBefore} failed, largest difference ${difference.toExponential(1)}`);
    figures[label] = { device: status!.device, differenceInMillionths: rounded(difference * 1e6, 3) };
  }
  return {
    figures: { ...figures, runtimes: subjects.length - missing, missing, failed },
    targets: { missing: { equals: 0 }, failed: { equals: 0 }, ...Object.fromEntries(Object.keys(figures).map((label) => [`${label}.differenceInMillionths`, { atMost: TOLERANCE * 1e6 }])) },
  };
}

/** A runtime that gives each row its neighbour's answer. */
function offByOne(model: HostedRuntime): HostedRuntime {
  const run: HostedRuntime['run'] = async (inputs) => {
    const answered = await model.run(inputs);
    return Object.fromEntries(Object.entries(answered).map(([name, tensor]) => [name, { ...tensor, data: Float32Array.from(tensor.data as Float32Array, (_, i, all = tensor.data as Float32Array) => all[(i + 1) % all.length]!) }]));
  };
  return new Proxy(model, { get: (target, property) => (property === 'run' ? run : Reflect.get(target, property, target)) });
}

await show({
  name: 'prove runtimes',
  help: `One suite (${RUNTIME_SUITE.length} checks: what a model takes and answers, one row and many, several runs at once, bad inputs, NaN) on ONNX on the processor and on WebGPU, TensorFlow.js
on WebAssembly and on WebGPU, and TensorFlow itself; every output is compared with one computed in double precision, and may differ by ${TOLERANCE}. Installs what is
missing of these: the packages of TensorFlow.js; TensorFlow (300 MB, pip), against which it builds the binding of tfjs-node; and without a graphics card, as root, a Vulkan driver in software.`,
  options: {
    'without-tensorflow': { type: 'boolean', help: 'leave TensorFlow itself out, with its download' },
    break: { type: 'boolean', help: 'give each row its neighbour\'s answer: the suite must find it' },
  },
  run: ({ flags }) => {
    installMissing();
    return prove([...ALWAYS, ...(flags['without-tensorflow'] === true ? [] : withTensorFlow())], flags.break === true);
  },
});
