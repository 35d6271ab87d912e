import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { FakeRegistry, exportSlates, rankerOf } from '../models/registry.fixture.js';
import { evalCommand } from './eval-command.js';
import type { Failure } from './failure.js';

let registry: FakeRegistry;
beforeEach(async () => {
  registry = new FakeRegistry();
  await registry.start();
  registry.add('spec@1', rankerOf([3, 0, 0]));
  registry.add('spec@2', rankerOf([0, 3, 0]));
  registry.aliases.set('champion', 'spec@1');
});
afterEach(() => registry.close());

async function run(...args: readonly string[]): Promise<string> {
  let printed = '';
  const write = (text: string): void => { printed += text; };
  const command = evalCommand({ write });
  command.configureOutput({ writeOut: write, writeErr: write });
  await new Command().exitOverride().addCommand(command).parseAsync(['eval', ...args, '--url', registry.url, '--key', 'sk_test'], { from: 'user' });
  return printed;
}

const failure = (running: Promise<unknown>): Promise<Failure> => running.then(() => { throw new Error('It did not fail.'); }, (error: Failure) => error);
const tables = (options: Parameters<typeof exportSlates>[1] = {}): string => exportSlates(join(registry.folder, 'tables'), options);

describe('serendip eval', () => {
  it('holds a version against the champion and what was served, with intervals', async () => {
    const answer = JSON.parse(await run('spec@2', '--data', tables(), '--json'));
    expect(answer).toMatchObject({ slates: 100, answered: 100, people: 25, against: 'spec@1' });
    expect(answer.models.map(({ name }: { readonly name: string }) => name)).toEqual(['spec@2', 'spec@1', 'as served']);
    const [best, champion, served] = answer.models;
    expect(best.quality).toMatchObject({ 'ndcg@10': { mean: 1 }, mrr: { mean: 1, low: 1, high: 1 } });
    for (const other of [champion, served]) {
      expect(other.quality.mrr.high).toBeLessThan(0.6);
      expect(other.quality.mrr.low).toBeLessThan(other.quality.mrr.mean);
    }
    expect(answer.difference.low).toBeGreaterThan(0);
    expect(best.offPolicy).toBeUndefined();
  }, 60_000);

  it('says so in words, and that the log can tell nothing where nothing was left to chance', async () => {
    const printed = await run('spec@1', '--data', tables(), '--against', '2');
    expect(printed).toMatch(/100 slates of 25 people; something came of 100 \(click/);
    expect(printed).toMatch(/spec@1 less spec@2, NDCG@10: -0\.\d+ \[.*\]: worse/);
    expect(printed).toContain('every propensity is 1');
  }, 60_000);

  it('estimates what another order would have earned from what was shown by chance', async () => {
    const answer = JSON.parse(await run('spec@2', '--data', tables({ slates: 400, size: 4, propensity: 0.25 }), '--json'));
    const [best, champion] = answer.models;
    // One item of four is clicked wherever it stands, so that every order earns a quarter of an answer an item.
    for (const { offPolicy } of [best, champion]) {
      expect(offPolicy).toMatchObject({ choices: 1600, clipped: 0 });
      expect(offPolicy.snips).toBeCloseTo(0.25, 1);
      expect(offPolicy.ips.low).toBeLessThan(0.25);
      expect(offPolicy.ips.high).toBeGreaterThan(0.25);
      expect(Math.abs(offPolicy.effectiveSamples - 400)).toBeLessThan(80);
    }
  }, 60_000);

  it('is without another version where there is no champion, and says what is missing', async () => {
    registry.aliases.clear();
    expect(JSON.parse(await run('spec@2', '--data', tables(), '--json'))).toMatchObject({ against: 'as served', models: [{ name: 'spec@2' }, { name: 'as served' }] });
    expect(await failure(run('spec@2', '--data', tables(), '--against', 'champion'))).toMatchObject({ exitCode: 1, message: expect.stringContaining('champion') });
    expect(await failure(run('spec@2', '--data', registry.folder))).toMatchObject({ exitCode: 2, message: expect.stringContaining('--point-in-time') });
    expect(await failure(run('spec@2', '--data', tables(), '--outcome', 'purchase'))).toMatchObject({ exitCode: 1, message: expect.stringMatching(/Nothing of purchase came of any of the 100 slates in .*; it has columns of click, impression\.\n.*logShare/) });
    expect(JSON.parse(await run('spec@2', '--data', tables(), '--outcome', 'purchase,click', '--json'))).toMatchObject({ answered: 100, outcomes: ['purchase', 'click'] });
    const { model, files } = rankerOf([1, 1, 1]);
    registry.add('spec@3', { model: { ...model, features: ['retrieval_score', 'popularity_7d', 'taste_score'] }, files });
    expect(await failure(run('spec@3', '--data', tables()))).toMatchObject({ exitCode: 1, message: expect.stringContaining("'taste_score'") });
  }, 60_000);
});
