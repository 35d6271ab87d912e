import { expect, it } from '@jest/globals';
import { HALF_LIVES_MS, decayedLog } from '@serendip/shared-layouts';
import fc from 'fast-check';
import type { RetrievalRequest } from '../request/retrieval-request.js';
import { RetrieverSet } from '../retrievers/retriever-set.js';
import { FakeCatalogue, FakeRetrieverLoader, randomRetriever, userStateOf } from '../testing/index.js';
import { CandidateRetriever } from './candidate-retriever.js';

const NOW = 1_750_000_000_000;
const context = { deadlineMs: Infinity, signal: new AbortController().signal };
const itemIds = Array.from({ length: 12 }, (_, i) => `item-${i}`);

const requests = ['cf@1', 'cf@2', ''].map((retriever): RetrievalRequest => ({
  tenant: 't', userState: userStateOf([{ item: 'item-1', type: 'click' }, { item: 'item-7', type: 'view' }]), retriever, seedItemIds: ['item-2'], givenItemIds: [], excludeItemIds: [],
  seenTypes: 0, categories: retriever === '' ? ['a'] : [], limit: 8, nowMs: NOW,
  sources: ['personal', 'next', 'similar', 'trending', 'popular', 'new'].map((name) => ({ name, limit: 4, window: '', timeoutMs: 0 })),
  exploration: { shownFewerThan: 3, publishedWithinMs: 0, limit: 3, seed: 7 },
}));

const id = fc.constantFrom(...itemIds);
const change = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), id, categories: fc.subarray(['a', 'b', 'c']), available: fc.boolean(), publishedAtMs: fc.constantFrom(-Infinity, NOW - 1000, NOW - 2000, NOW + 1) }),
  fc.record({ kind: fc.constant('count' as const), id, value: fc.nat(20) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 400, 1000) }),
  fc.record({ kind: fc.constant('models' as const), versions: fc.subarray([1, 2]) }),
);

it('a version means an answer: the same one twice, and nothing has changed in between', async () => {
  await fc.assert(fc.asyncProperty(fc.array(change, { maxLength: 40 }), async (changes) => {
    let now = 0;
    const clock = (): number => now;
    const catalogue = new FakeCatalogue(itemIds.slice(0, 6).map((known) => ({ id: known })));
    const loader = new FakeRetrieverLoader();
    for (const version of [1, 2]) loader.parts.set(`cf@${version}`, randomRetriever(itemIds.slice(version), { seed: version }));
    const retrievers = new RetrieverSet({ loader, catalogues: catalogue, clock });
    const retriever = new CandidateRetriever({ catalogues: catalogue, retrievers, clock });
    const versionNow = (): string => `${catalogue.catalogueRevision}.${catalogue.statisticsRevision}.${retriever.version('t')}`;

    const answers = new Map<string, unknown>();
    for (const step of changes) {
      if (step.kind === 'wait') now += step.ms;
      else if (step.kind === 'models') await retrievers.update(step.versions.map((version) => ({ tenant: 't', name: 'cf', version, bundle: '', digest: '' })));
      else if (step.kind === 'put') catalogue.put([step]);
      else if (catalogue.columns.rowOfId(step.id) >= 0) catalogue.count(step.id, { engagement_1d: step.value, engagement_7d: step.value, impressions_7d: decayedLog(step.value, NOW, HALF_LIVES_MS[1]) });
      for (const [i, request] of requests.entries()) {
        const before = versionNow();
        const { sources, ...answer } = await retriever.retrieve(request, context);
        if (versionNow() !== before) continue;
        const key = `${i} ${before}`;
        const made = { ...answer, sources: sources.map(({ name, found }) => [name, found]) };
        if (answers.has(key)) expect(made).toEqual(answers.get(key));
        answers.set(key, made);
      }
    }
    if (changes.length > 0) expect(answers.size).toBeGreaterThan(0);
  }), { numRuns: 200 });
});
