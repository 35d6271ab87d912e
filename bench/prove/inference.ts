/** `npm run prove -- inference`: Triton's own client talks to the ranking service by the Open Inference Protocol, over HTTP and gRPC on one port. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { rowsOf } from '../bench/rank/bare-process.ts';
import { REFERENCE_FEATURES, referenceGraph } from '../bench/reference/models.ts';
import { ReferenceWorld } from '../bench/reference/world.ts';
import { note, rounded, show, type Outcome } from '../shared/show.ts';
import { StackProcess, root } from '../shared/stack-process.ts';

const ROWS = 70;
const WIDTH = REFERENCE_FEATURES.length;
const TOLERANCE = 1e-5;

interface Answers {
  readonly live: boolean;
  readonly ready: boolean;
  readonly modelReady: boolean;
  readonly otherReady: boolean;
  readonly server: string;
  readonly input: unknown;
  readonly scores: readonly (readonly number[])[];
  readonly jsonScores?: readonly (readonly number[])[];
  readonly refusal: string;
}

/** Python with the client in an environment of its own. */
function python(): string {
  const environment = join(root, '.serendip/tritonclient');
  if (!existsSync(join(environment, 'bin/tritonclient-is-here'))) {
    note('fetching tritonclient with pip');
    execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
    execFileSync(join(environment, 'bin/pip'), ['install', '--quiet', 'tritonclient[http,grpc]'], { stdio: 'inherit' });
    writeFileSync(join(environment, 'bin/tritonclient-is-here'), '');
  }
  return join(environment, 'bin/python');
}

async function bareScores(rows: Float32Array): Promise<Float32Array> {
  const session = await InferenceSession.create(referenceGraph());
  const { scores } = await session.run({ features: new Tensor('float32', rows, [ROWS, WIDTH]) });
  return scores!.data as Float32Array;
}

function faultsOf(protocol: string, { scores, jsonScores, refusal, ...answers }: Answers, right: Float32Array): readonly string[] {
  const expected = { live: true, ready: true, modelReady: true, otherReady: false, server: 'serendip-ranking', input: ['features', 'FP32', [-1, WIDTH]] };
  return [
    ...Object.entries(expected).filter(([name, value]) => JSON.stringify(answers[name as keyof typeof answers]) !== JSON.stringify(value)).map(([name]) => `${name} is ${JSON.stringify(answers[name as keyof typeof answers])}`),
    ...(refusal.includes('RANKER_NOT_LOADED') || refusal.includes('not loaded') ? [] : [`a model that is not loaded was answered '${refusal}'`]),
    ...[scores, ...(jsonScores === undefined ? [] : [jsonScores])].filter((answered) => difference(answered, right) > TOLERANCE).map((answered) => `scores are off by ${difference(answered, right)}`),
  ].map((fault) => `${protocol}: ${fault}`);
}

function difference(answered: Answers['scores'], right: Float32Array): number {
  return answered.length === right.length ? Math.max(...answered.map(([score], row) => Math.abs(score! - right[row]!))) : Infinity;
}

async function prove(): Promise<Outcome> {
  const interpreter = python();
  const stack = new StackProcess({ args: ['--no-demo', '--without', 'trainer'] });
  try {
    const world = new ReferenceWorld(stack, await stack.start(), { items: 1000, users: 2 });
    await world.fill();
    await world.registerModels();
    const rows = rowsOf(3, ROWS);
    const input = JSON.stringify(Array.from({ length: ROWS }, (_, row) => [...rows.subarray(row * WIDTH, (row + 1) * WIDTH)]));
    const answers = JSON.parse(execFileSync(interpreter, [join(root, 'bench/prove/inference/client.py'), `127.0.0.1:${world.state.services.ranking!.adminPort}`, 'ranker'], { input, encoding: 'utf8' })) as Record<string, Answers>;
    const right = await bareScores(rows);
    const faults = Object.entries(answers).flatMap(([protocol, answer]) => faultsOf(protocol, answer, right));
    for (const fault of faults) note(fault);
    const most = Math.max(...Object.values(answers).map(({ scores }) => difference(scores, right)));
    return { figures: { protocols: Object.keys(answers).length, faults: faults.length, differenceInMillionths: rounded(most * 1e6, 3) }, targets: { protocols: { equals: 2 }, faults: { equals: 0 } } };
  } finally {
    await stack.dispose();
  }
}

await show({
  name: 'prove inference',
  help: 'tritonclient (PyPI, from NVIDIA) talks to the ranking service over HTTP, binary and JSON, and over gRPC on the same port: liveness, metadata, inference beside the bare runtime\'s scores, and a model that is not loaded. Fetches the client with pip.',
  run: () => prove(),
});
