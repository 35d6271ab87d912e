import { expect, it } from '@jest/globals';
import type { RetrievalResult } from '@serendip/retrieval-domain';
import { catalogueDescription, isCutShort } from './embedding.mapper.js';

it('knows an answer that a later one may add to', () => {
  const of = (...filters: string[]): RetrievalResult => ({ drops: filters.map((filter) => ({ filter, dropped: 1 })) }) as unknown as RetrievalResult;
  expect([of(), of('eligible', 'filter:0'), of('filter:0', 'unasked')].map(isCutShort)).toEqual([false, false, true]);
});

it('gives the same attributes the same version, and others another', () => {
  const versions = [{ a: 'string' }, { a: 'string' }, { a: 'number' }, { a: 'string', b: 'mixed' }, {}].map((types) => catalogueDescription(types as Parameters<typeof catalogueDescription>[0]).version);
  expect(versions[0]).toBe(versions[1]);
  expect(new Set(versions).size).toBe(4);
});
