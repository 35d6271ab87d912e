import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeNpy } from '@serendip/platform-bundles';
import { OnnxGraph } from '@serendip/platform-onnx';
import { Command } from 'commander';
import { readModelFolder } from '../models/model-folder.js';
import { FakeRegistry, exportSlates, rankerOf } from '../models/registry.fixture.js';
import type { Failure } from './failure.js';
import { modelCommand } from './model-command.js';

let registry: FakeRegistry;
beforeEach(async () => {
  registry = new FakeRegistry();
  await registry.start();
  registry.add('spec@1', rankerOf([1, 3, -1]));
  registry.aliases.set('champion', 'spec@1');
});
afterEach(() => registry.close());

async function run(...args: readonly string[]): Promise<string> {
  let printed = '';
  const write = (text: string): void => { printed += text; };
  const command = modelCommand({ write });
  for (const each of [command, ...command.commands]) each.configureOutput({ writeOut: write, writeErr: write }).exitOverride();
  await new Command().exitOverride().addCommand(command).parseAsync(['model', 'compress', ...args, '--url', registry.url, '--key', 'sk_test'], { from: 'user' });
  return printed;
}

const failure = (running: Promise<unknown>): Promise<Failure> => running.then(() => { throw new Error('It did not fail.'); }, (error: Failure) => error);
const at = (name: string): string => join(registry.folder, name);

describe('serendip model compress', () => {
  it('pushes a smaller version that names its parent, beside which it stands', async () => {
    const printed = await run('spec@champion', '--int8');
    expect(printed).toMatch(/spec@1: int8 weights: 2 matrices/);
    for (const line of [/size, KiB/, /p50, 500 rows, ms/, /cost, million runs/, /Scores differ by .* \(1 golden outputs\)/, /spec@2 is pushed/, /As good as the champion/]) expect(printed).toMatch(line);
    const { description, files } = registry.versions.get('spec@2')!;
    expect(description).toMatchObject({ name: 'spec', metrics: {}, lineage: { code: 'abc', parent: 'spec@1', how: 'int8 weights: 2 matrices' } });
    // Else the check against the champion would take it for one that the trainer has judged.
    expect(description['owner']).toBeUndefined();
    expect(Object.keys(files).sort()).toEqual(['feature_means.npy', 'golden.jsonl', 'model.onnx']);
    const { outputs } = JSON.parse(Buffer.from(files['golden.jsonl']!).toString()) as { outputs: { scores: number[][] } };
    expect(outputs.scores[0]![0]).toBeCloseTo(1 / (1 + Math.exp(1.25)), 2);
  }, 120_000);

  it('offers what may be done with the new version: no promotion where it is worse than the champion', async () => {
    expect(await run('spec@1', '--fp16')).toMatch(/Next: `serendip model diff spec@1 spec@2`; `serendip split home --arm new=spec@2:10`, or `serendip model promote spec@2`\.\n$/);
    registry.evaluation = 'failed';
    expect(await run('spec@1', '--int8')).toMatch(/✗ evaluation[^]*Next: .*`serendip split home --arm new=spec@3:10` tries it; champion it becomes only with --force and a --reason\.\n$/);
  }, 120_000);

  it('says what both cost by the prices it is given', async () => {
    const { comparison } = JSON.parse(await run('spec@1', '--fp16', '--out', at('free'), '--cpu-hour', '0', '--gibibyte-hour', '0', '--json'));
    expect([comparison.parent.costPerMillion, comparison.model.costPerMillion]).toEqual([0, 0]);
    expect(await failure(run('spec@1', '--fp16', '--cpu-hour', '-1'))).toMatchObject({ code: 'commander.invalidArgument' });
  }, 120_000);

  it('takes out what carries nothing and loses nothing by it, by the slates', async () => {
    const answer = JSON.parse(await run('spec@1', '--prune', '0.625', '--data', exportSlates(at('tables')), '--json'));
    expect(answer).toMatchObject({ parent: 'spec@1', reference: 'spec@2', how: 'pruned by 0.625: units 16→6', checks: 'passed', comparison: { scores: { rows: 800 }, ndcg: { slates: 100, difference: { mean: 0, low: 0, high: 0 } } } });
    expect(answer.comparison.scores.max).toBeLessThan(1e-6);
    expect(answer.comparison.model.bytes).toBeLessThan(answer.comparison.parent.bytes);
  }, 120_000);

  it('teaches a small network what a teacher of any scores answers, and judges it on slates that it has not seen', async () => {
    registry.add('spec@1', rankerOf([1, 3, -1], { ending: 'Identity' }));
    const answer = JSON.parse(await run('spec@1', '--distill', '8', '--data', exportSlates(at('tables'), { slates: 150 }), '--json'));
    expect(answer).toMatchObject({ how: 'distilled into 8 on 120 slates', comparison: { scores: { rows: 30 * 8 }, ndcg: { slates: 30 } } });
    // The teacher's scores are between about -1 and 4.
    expect(answer.comparison.scores.mean).toBeLessThan(0.3);
    expect(answer.comparison.ndcg.model).toBeGreaterThan(answer.comparison.ndcg.parent - 0.1);
  }, 180_000);

  it('writes a folder and pushes nothing where it is told to', async () => {
    expect(await run('spec@1', '--fp16', '--out', at('smaller'))).toContain(`serendip model push ${at('smaller')}`);
    expect(registry.versions.size).toBe(1);
    expect((await readModelFolder(at('smaller'))).model.lineage?.parent).toBe('spec@1');
    expect(await failure(run('spec@1', '--fp16', '--out', at('smaller')))).toMatchObject({ exitCode: 2, message: expect.stringContaining('not empty') });
  }, 120_000);

  it('refuses what it can not make smaller, with the reason, and pushes nothing', async () => {
    const trees = new OnnxGraph('trees');
    trees.output('scores', trees.node('ai.onnx.ml::TreeEnsembleRegressor', [trees.input('features', 'float32', ['rows', 3])]), 'float32', ['rows', 1]);
    const { model, files } = rankerOf([1, 1, 1]);
    registry.add('spec@2', { model, files: { ...files, 'model.onnx': trees.build() } });
    expect(await failure(run('spec@2', '--int8'))).toMatchObject({ exitCode: 1, message: expect.stringMatching(/NOT_COMPRESSIBLE[^]*trees[^]*--distill/) });
    registry.add('spec@3', { model: { name: 'spec', kind: 'retriever', format: 'table', encoder: 'lag-filter', metrics: {} }, files: { 'item_out.npy': encodeNpy({ data: new Float32Array(2), shape: [2] }) } });
    expect(await failure(run('spec@3', '--fp16'))).toMatchObject({ exitCode: 1, message: expect.stringContaining('float32, float64 or int32 only') });
    expect(registry.versions.size).toBe(3);
    expect(await failure(run('spec@1'))).toMatchObject({ exitCode: 2 });
    expect(await failure(run('spec@1', '--distill', '64-32'))).toMatchObject({ exitCode: 2, message: expect.stringContaining('--data') });
    expect(await failure(run('spec@1', '--int8', '--fp16'))).toMatchObject({ code: 'commander.conflictingOption' });
    for (const wrong of [['--prune', '1'], ['--distill', '64x32'], ['--distill', '0']]) expect(await failure(run('spec@1', ...wrong))).toMatchObject({ code: 'commander.invalidArgument' });
    expect(readdirSync(registry.folder)).toEqual([]);
  }, 60_000);
});

describe('serendip model predict', () => {
  it('asks a version that is pushed as it asks a folder', async () => {
    let printed = '';
    const command = modelCommand({ write: (text) => { printed += text; } });
    await new Command().exitOverride().addCommand(command).parseAsync(['model', 'predict', 'spec@champion', '--url', registry.url, '--key', 'sk_test'], { from: 'user' });
    expect(JSON.parse(printed)).toEqual({ outputs: { scores: [[expect.closeTo(1 / (1 + Math.exp(1.25)), 5)]] } });
  }, 60_000);
});
