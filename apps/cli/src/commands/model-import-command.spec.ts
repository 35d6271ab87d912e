import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { decodeNpy, encodeNpy, parseDescription } from '@serendip/platform-bundles';
import { OnnxGraph } from '@serendip/platform-onnx';
import { checkFolder } from '../models/check-folder.js';
import { parseTextFormat } from '../models/importing/triton-config.js';
import { readModelFolder } from '../models/model-folder.js';
import type { Failure } from './failure.js';
import { modelCommand } from './model-command.js';

/** As mlflow.onnx.save_model wrote it: the logistic function of 0.5 a − 0.25 b + c, its input named X and its output variable. */
const MLFLOW = join(dirname(fileURLToPath(import.meta.url)), '../models/importing/fixtures/mlflow');
const FEATURES = 'retrieval_score,popularity_7d,category_affinity';
const ROWS = [[1, 2, 3], [0, 1, 0], [-1, 0, 0.5], [2, 2, 2]];
const sigmoid = ([a, b, c]: readonly number[]): number => 1 / (1 + Math.exp(-(0.5 * a! - 0.25 * b! + c!)));

let folder: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-import-'));
  out = join(folder, 'out');
  writeFileSync(join(folder, 'rows.npy'), encodeNpy({ data: Float32Array.from(ROWS.flat()), shape: [ROWS.length, 3] }));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]): Promise<string> {
  let printed = '';
  const output = { write: (text: string) => { printed += text; } };
  await new Command().exitOverride().addCommand(modelCommand(output)).parseAsync(['model', 'import', ...args], { from: 'user' });
  return printed;
}

const failure = (running: Promise<string>): Promise<Failure> => running.then(() => { throw new Error('It did not fail.'); }, (error: Failure) => error);
const refusal = async (...args: string[]): Promise<string> => {
  const { exitCode, message } = await failure(run(...args));
  expect(exitCode).toBe(1);
  expect(existsSync(join(out, 'model.yaml'))).toBe(false);
  return message;
};

describe('an import from MLflow', () => {
  it('is a bundle that passes its checks, its golden outputs marked as its own', async () => {
    expect(await run('mlflow', MLFLOW, '--out', out, '--name', 'ranker', '--features', FEATURES, '--rows', join(folder, 'rows.npy'))).toContain('serendip model check');
    const model = parseDescription(readFileSync(join(out, 'model.yaml')));
    expect(model).toMatchObject({ name: 'ranker', features: FEATURES.split(','), heads: [{ name: 'engage', weight: 1 }], tags: ['imported', 'golden-from-model'], notes: expect.stringMatching(/MLflow.*b30dfb64.*made by this model itself/) });
    expect([...decodeNpy(readFileSync(join(out, 'feature_means.npy'))).data]).toEqual([0.5, 1.25, 1.375]);
    const golden = JSON.parse(readFileSync(join(out, 'golden.jsonl'), 'utf8')) as { outputs: { scores: number[][] } };
    ROWS.forEach((row, i) => expect(golden.outputs.scores[i]![0]).toBeCloseTo(sigmoid(row), 5));
    const checks = await checkFolder(await readModelFolder(out), {});
    expect(checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  }, 60_000);

  it('says without rows what is still to be written', async () => {
    expect(await run('mlflow', MLFLOW, '--out', out, '--features', FEATURES)).toMatch(/Still missing: feature_means\.npy[^]*Still missing: golden\.jsonl/);
    expect(parseDescription(readFileSync(join(out, 'model.yaml'))).tags).toEqual(['imported']);
  });

  const edited = (edit: (text: string) => string): string => {
    cpSync(MLFLOW, join(folder, 'mlflow'), { recursive: true });
    writeFileSync(join(folder, 'mlflow/MLmodel'), edit(readFileSync(join(MLFLOW, 'MLmodel'), 'utf8')));
    return join(folder, 'mlflow');
  };

  it.each<[string, (text: string) => string, RegExp]>([
    ['another flavor', (text) => text.replace('  onnx:', '  sklearn:'), /flavors sklearn, python_function, not onnx.*skl2onnx.*mlflow\.onnx/],
    ['a file elsewhere', (text) => text.replace('data: model.onnx', 'data: ../../secrets.onnx'), /another folder/],
    ['a file that is not there', (text) => text.replace('data: model.onnx', 'data: other.onnx'), /'other\.onnx', which is not in/],
    ['a signature of other tensors', (text) => text.replace('"X"', '"Y"'), /signature names 'Y'.*it takes 'X' float32 \[any, 3\]/],
    ['what is no YAML', () => 'flavors: [', /no YAML/],
  ])('refuses %s, and says what to do', async (_, edit, why) => expect(await refusal('mlflow', edited(edit), '--out', out, '--features', FEATURES)).toMatch(why));

  it('needs no signature but the graph\'s own', async () => {
    expect(await run('mlflow', edited((text) => text.slice(0, text.indexOf('signature:'))), '--out', out, '--features', FEATURES)).toContain('model.onnx');
  });

  it('refuses a folder of something else, other features than columns, and a folder with something in it', async () => {
    expect(await refusal('mlflow', folder, '--out', out, '--features', FEATURES)).toMatch(/no MLmodel/);
    expect(await refusal('mlflow', MLFLOW, '--out', out, '--features', 'retrieval_score')).toMatch(/takes 3 columns, and --features names 1/);
    expect(await refusal('mlflow', MLFLOW, '--out', folder, '--name', 'ranker', '--features', FEATURES)).toMatch(/FOLDER_NOT_EMPTY/);
  });
});

/** A graph with two outputs: a label and two probabilities. */
function classifier(): Uint8Array {
  const graph = new OnnxGraph('classifier');
  const input = graph.input('x', 'float32', ['batch', 3]);
  const sum = graph.node('ReduceSum', [input, graph.integers([1])], { keepdims: 1 });
  graph.output('label', graph.node('Sign', [sum]), 'float32', ['batch', 1]);
  graph.output('probabilities', graph.node('Softmax', [graph.node('Concat', [sum, graph.node('Neg', [sum])], { axis: 1 })], { axis: 1 }), 'float32', ['batch', 2]);
  return graph.build();
}

const CONFIG = `
# written by hand
name: "clicks"
platform: 'onnxruntime_onnx'
max_batch_size: 64
input [ { name: "x" data_type: TYPE_FP32 dims: [ 3 ] } ]
output { name: "label", data_type: TYPE_FP32; dims: 1 }
output { name: "probab" "ilities" data_type: TYPE_FP32 dims: [ 2 ] }
instance_group [ { count: 2 kind: KIND_CPU } ]
`;

function repository(config = CONFIG, versions: readonly string[] = ['1']): string {
  const model = join(folder, 'triton');
  for (const version of versions) {
    mkdirSync(join(model, version), { recursive: true });
    writeFileSync(join(model, version, 'model.onnx'), classifier());
  }
  writeFileSync(join(model, 'config.pbtxt'), config);
  return model;
}

describe('an import from Triton', () => {
  it('takes the output that is named, a head for each of its columns, and passes its checks', async () => {
    await run('triton', repository(), '--out', out, '--name', 'clicks', '--features', FEATURES, '--output', 'probabilities', '--heads', 'yes,no', '--rows', join(folder, 'rows.npy'));
    expect(parseDescription(readFileSync(join(out, 'model.yaml')))).toMatchObject({ heads: [{ name: 'yes' }, { name: 'no' }], notes: expect.stringContaining('version 1 of the model \'clicks\'') });
    const checks = await checkFolder(await readModelFolder(out), {});
    expect(checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  }, 60_000);

  it.each<[string, () => string, readonly string[], RegExp]>([
    ['several outputs', () => repository(), [], /say which has the scores, with --output probabilities/],
    ['an output there is not', () => repository(), ['--output', 'x'], /no output 'x'/],
    ['columns without names', () => repository(), ['--output', 'probabilities'], /2 columns: name each with --heads/],
    ['several versions', () => repository(CONFIG, ['1', '3']), [], /versions 1, 3 .*--model-version 3/],
    ['no version', () => repository(CONFIG, []), [], /no version/],
    ['another backend', () => repository(CONFIG.replace('platform: \'onnxruntime_onnx\'', 'backend: "python"')), [], /backend 'python'.*ONNX/],
    ['a file in another folder', () => repository(`${CONFIG}default_model_filename: "../../x.onnx"`), [], /lies in the version's folder/],
    ['a SavedModel whose signature has other names', () => {
      const model = repository(CONFIG.replace('onnxruntime_onnx', 'tensorflow_savedmodel'));
      mkdirSync(join(model, '1/model.savedmodel/variables'), { recursive: true });
      writeFileSync(join(model, '1/model.savedmodel/saved_model.pb'), 'x');
      return model;
    }, ['--output', 'label'], /calls its input 'x' and its output 'label'.*serving_default/],
    ['what is no configuration', () => repository('name: "x\n'), [], /config\.pbtxt line 1/],
  ])('refuses %s, and says what to do', async (_, model, flags, why) => {
    mkdirSync(join(folder, 'triton'), { recursive: true });
    expect(await refusal('triton', model(), '--out', out, '--features', FEATURES, ...flags)).toMatch(why);
  });

  it('reads a SavedModel whose signature has the names of a ranker', async () => {
    const model = repository(CONFIG.replace('onnxruntime_onnx', 'tensorflow_savedmodel').replaceAll('"x"', '"features"').replaceAll('"label"', '"scores"'));
    mkdirSync(join(model, '1/model.savedmodel/variables'), { recursive: true });
    for (const file of ['saved_model.pb', 'variables/variables.index']) writeFileSync(join(model, '1/model.savedmodel', file), file);
    await run('triton', model, '--out', out, '--features', FEATURES, '--output', 'scores');
    expect([readFileSync(join(out, 'saved_model.pb'), 'utf8'), readFileSync(join(out, 'variables.index'), 'utf8')]).toEqual(['saved_model.pb', 'variables/variables.index']);
    expect(parseDescription(readFileSync(join(out, 'model.yaml'))).format).toBe('tensorflow');
  });
});

describe('protobuf\'s text format', () => {
  it('is read with lists, nested messages and strings beside each other', () => {
    expect(parseTextFormat('a: [1, -2] b { c: "x\\"y" \'z\' } b <c: true>; d: 1.5e3 # end', 'f')).toEqual({ a: ['1', '-2'], b: [{ c: ['x"yz'] }, { c: ['true'] }], d: ['1.5e3'] });
  });

  it.each(['a', 'a: {', 'a: [1', 'a { b: }', '1: 2', 'a: "x', 'a: $', '}', `${'a {'.repeat(100)}`])('%s is refused with its line', (text) => {
    expect(() => parseTextFormat(text, 'config.pbtxt')).toThrow(/config\.pbtxt line 1/);
  });
});
