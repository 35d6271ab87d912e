import { describe, expect, it } from '@jest/globals';
import { control, create } from '@serendip/shared-contracts';
import { currentReferences, liveModels, resolveModel } from './index.js';

const { RETRIEVER, RANKER } = control.ModelKind;
const tenant = create(control.TenantSchema, {
  models: [
    ...[1, 2, 3, 4].map((version) => ({ name: 'dcn', version, kind: RANKER })),
    { name: 'cf', version: 1, kind: RETRIEVER },
  ],
  aliases: [{ model: 'dcn', alias: 'champion', version: 2, previousVersion: 1 }, { model: 'gone', alias: 'champion', version: 9 }],
  placements: [{ name: 'home', retriever: 'cf@1', ranker: 'dcn@champion' }],
  splits: [{ name: 'try', arms: [{ name: 'b', ranker: 'dcn@3' }] }],
  shadows: [{ placement: 'home', ranker: 'dcn@4', share: 0.1 }],
});

describe('resolveModel', () => {
  it.each([['dcn@champion', 'dcn@2'], ['dcn@3', 'dcn@3'], ['dcn@9', ''], ['dcn@challenger', ''], ['gone@champion', ''], ['', ''], ['dcn', '']])('%s is %j', (reference, expected) => {
    expect(resolveModel(tenant, reference)).toBe(expected);
  });
});

describe('currentReferences', () => {
  it('are those that something points at now, and not before', () => {
    expect([...new Set(currentReferences(tenant))].sort()).toEqual(['cf@1', 'dcn@2', 'dcn@3', 'dcn@4']);
  });
});

describe('liveModels', () => {
  it('are those that something points at or an alias pointed at before, of the kind asked for', () => {
    expect(liveModels(tenant, RANKER).map(({ version }) => version)).toEqual([1, 2, 3, 4]);
    expect(liveModels(tenant, RETRIEVER).map(({ name }) => name)).toEqual(['cf']);
  });
});
