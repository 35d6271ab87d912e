import { describe, expect, it } from '@jest/globals';
import type { Tensors } from '@serendip/models-adapters';
import { writeBundle } from '@serendip/platform-bundles';
import { MemoryObjectStore } from '@serendip/platform-objects/testing';
import { retrieverBundle } from '@serendip/retrieval-adapters';
import { randomRetriever } from '@serendip/retrieval-domain/testing';
import { control, create } from '@serendip/shared-contracts';
import { HEADS, type Examples } from '../../stages/examples.js';
import { evaluation, judgeRanker } from './evaluate-ranker.js';

const REQUESTS = 60;
const CANDIDATES = 20;
const ROWS = REQUESTS * CANDIDATES;

/** In every request one candidate is right; its first feature says so, the second says nothing. */
const right = (row: number): boolean => row % CANDIDATES === (Math.floor(row / CANDIDATES) * 7) % CANDIDATES;
const examples: Examples = {
  offsets: Int32Array.from({ length: REQUESTS + 1 }, (_, i) => i * CANDIDATES), names: ['retrieval_score', 'hour_sin'],
  features: Float32Array.from({ length: ROWS * 2 }, (_, i) => (i % 2 === 0 && right(i / 2) ? 1 : 0)),
  labels: Float32Array.from({ length: ROWS * HEADS.length }, (_, i) => (i % HEADS.length === 0 && right(Math.floor(i / HEADS.length)) ? 1 : 0)),
  weights: new Float32Array(ROWS).fill(1), retrievalScores: new Float32Array(ROWS), popularity: new Float32Array(ROWS), targets: new Int32Array(REQUESTS).fill(1),
};
const knowing = Float32Array.from({ length: ROWS }, (_, row) => (right(row) ? 1 : 0));

/** Two heads: the first feature, and its opposite. */
const model = {
  async run({ features }: Tensors): Promise<Tensors> {
    const { dims: [rows = 0, width = 0], data } = features!;
    const scores = Float32Array.from({ length: rows * 2 }, (_, i) => Number(data[Math.floor(i / 2) * width]) * (i % 2 === 0 ? 1 : -1));
    return { scores: { dtype: 'float32', dims: [rows, 2], data: scores } };
  },
};
const heads = (yes: number, no: number) => [{ name: 'yes', weight: yes }, { name: 'no', weight: no }];

describe('holding a ranker against the champion', () => {
  it('passes what is better, with the difference and its interval', async () => {
    const { detail, figures } = await judgeRanker({ examples, championScores: new Float32Array(ROWS) }, { model, manifest: { heads: heads(1, 0) }, against: 'ranker@1' });
    expect(figures).toMatchObject({ 'ndcg@10': 1, requests: REQUESTS });
    expect(figures!['difference.low']).toBeGreaterThan(0);
    expect(detail).toContain('ranker@1');
  });

  it('fails what is worse by more than chance explains, and nothing that is as good', async () => {
    const championScores = knowing;
    await expect(judgeRanker({ examples, championScores }, { model, manifest: { heads: heads(0, 1) }, against: 'ranker@1' })).rejects.toMatchObject({ name: 'CheckFailed', message: expect.stringMatching(/worse than the champion.*shadow/), figures: { 'champion.ndcg@10': 1 } });
    expect((await judgeRanker({ examples, championScores }, { model, manifest: { heads: heads(2, 1) }, against: 'ranker@1' })).figures).toMatchObject({ difference: 0 });
  });

  it('has nothing to say where there is no champion, or it is the champion, or the trainer has judged it', async () => {
    const version = { name: 'ranker', version: 1, bundle: 'models/ranker/1', digest: 'a' };
    const placements = [{ name: 'home', ranker: 'ranker@champion', retriever: 'retriever@champion' }];
    const models = [{ ...version, kind: control.ModelKind.RANKER }, { name: 'retriever', version: 1, kind: control.ModelKind.RETRIEVER }];
    const aliases = ['ranker', 'retriever'].map((name) => ({ model: name, alias: 'champion', version: 1 }));
    const evaluate = (tenant: object, manifest: object) => evaluation(create(control.TenantSchema, tenant), version, { log: '', objects: '', bundles: new MemoryObjectStore() })({ manifest } as never, model as never);
    await expect(evaluate({ placements }, { kind: 'ranker' })).rejects.toMatchObject({ name: 'CheckSkipped', message: expect.stringContaining('no champion') });
    await expect(evaluate({ placements, models, aliases }, { kind: 'ranker' })).rejects.toMatchObject({ name: 'CheckSkipped', message: 'It is the champion.' });
    await expect(evaluate({ placements }, { kind: 'ranker', owner: 'trainer' })).rejects.toMatchObject({ name: 'CheckSkipped' });
    await expect(evaluate({ placements }, { kind: 'retriever' })).rejects.toMatchObject({ name: 'CheckSkipped' });
  });

  it('keeps an item encoder from the place of the champion when its retriever is not here, or has vectors of another dimension', async () => {
    const bundles = new MemoryObjectStore();
    const retriever = await writeBundle(bundles, retrieverBundle('cf', randomRetriever(['a', 'b'], { dimension: 6 })));
    const models = [{ name: 'cf', version: 4, kind: control.ModelKind.RETRIEVER, ...retriever }, { name: 'dcn', version: 1, kind: control.ModelKind.RANKER, digest: 'other' }];
    const version = { name: 'enc', version: 1, bundle: 'models/enc/1', digest: 'a' };
    const evaluate = (aliases: object[], digest = retriever.digest, dimension = 6) => {
      const manifest = { kind: 'item-encoder', retriever: { name: 'cf@4', digest }, signature: { inputs: [], outputs: [{ name: 'vectors', dtype: 'float32', shape: ['rows', dimension] }] } };
      return evaluation(create(control.TenantSchema, { models, aliases }), version, { log: '', objects: '', bundles })({ manifest } as never, undefined);
    };
    expect(await evaluate([{ model: 'cf', alias: 'champion', version: 4 }])).toEqual({ detail: 'It is for cf@4, which is champion.', figures: { dimension: 6 } });
    expect((await evaluate([])).detail).toContain('once that serves');
    await expect(evaluate([], retriever.digest, 8)).rejects.toMatchObject({ name: 'CheckFailed', message: expect.stringMatching(/8 values, and those of cf@4 have 6.*Train it/), figures: { dimension: 8, 'retriever.dimension': 6 } });
    await expect(evaluate([], 'other')).rejects.toMatchObject({ name: 'CheckFailed', message: expect.stringContaining('No retriever version here has the digest other of cf@4') });
  });
});
