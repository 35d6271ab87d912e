import { describe, expect, it } from '@jest/globals';
import { prepareRetriever } from '@serendip/retrieval-domain';
import { randomRetriever } from '@serendip/retrieval-domain/testing';
import { needsCard, openCard, prepareCard, type CardPreparation } from './card-search.js';

const parts = randomRetriever(['a', 'b', 'c'], { dimension: 6 });
const { index } = prepareRetriever({ ...parts, dimension: 6 });
/** No runtime takes it, or none is here: a machine may have a driver for graphics or not. */
const REASON = /^(Nothing on this machine can run this onnx model|What this onnx model runs on is not on this machine)\. /;

async function opened(choice: 'auto' | 'gpu' | 'cuda', prepared: CardPreparation) {
  const told: unknown[] = [];
  const search = await openCard('cf@3', prepared, { choice, onFallback: (...fallback) => told.push(fallback), onFailure: () => undefined });
  return { search, told };
}

describe('a version that is meant to be searched on a card', () => {
  it('is prepared for one unless the processor is asked for', () => {
    expect([needsCard('cpu'), needsCard('gpu'), needsCard('cuda')]).toEqual([false, true, true]);
    expect(prepareCard(index)).toMatchObject({ graph: { rows: 3, dimension: 6 }, hereMs: expect.any(Number) });
    expect(prepareCard(prepareRetriever({ ...randomRetriever([], { dimension: 6 }), dimension: 6 }).index)).toBeUndefined();
  });

  it.each(['gpu', 'cuda'] as const)('is searched by the processor where no %s can, and says why', async (choice) => {
    const prepared = prepareCard(index) as Exclude<CardPreparation, { refused: string }>;
    const { search, told } = await opened(choice, { ...prepared, graph: { ...prepared.graph, model: Uint8Array.of(1, 2, 3) } });
    expect(search).toBeUndefined();
    expect(told).toEqual([['cf@3', { wanted: choice, used: 'cpu', reason: expect.stringMatching(REASON) }]]);
    expect((await opened(choice, { refused: 'It is too large.' })).told).toEqual([['cf@3', { wanted: choice, used: 'cpu', reason: 'It is too large.' }]]);
  });

  it('is searched by the processor without a word where a card was only an offer', async () => {
    expect(await opened('auto', { refused: 'It is too large.' })).toEqual({ search: undefined, told: [] });
  });
});
