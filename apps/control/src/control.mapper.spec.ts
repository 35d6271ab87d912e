import { describe, expect, it } from '@jest/globals';
import { DEFAULT_PLACEMENTS } from '@serendip/control-domain';
import { aRule, aSplit } from '@serendip/control-domain/testing';
import { control, create, fromBinary, toBinary } from '@serendip/shared-contracts';
import { modelOf, pageOf, placementMessage, placementOf, rulesMessage, rulesOf, shadowOf, snapshotMessage, splitMessage, splitOf, whoOf } from './control.mapper.js';

describe('the mapper', () => {
  it('brings placements and splits back as they were', () => {
    for (const placement of DEFAULT_PLACEMENTS) {
      const full = { ...placement, objective: [{ head: 'value', weight: 2 }], caps: [{ group: 'brand', limit: 1, window: 3 }], fill: 'strict' as const, rules: [aRule({ pin: { expression: 'true', slot: 1 } })] };
      expect(placementOf(create(control.PutPlacementRequestSchema, { placement: placementMessage(full) }))).toEqual(full);
    }
    const rules = { rules: [aRule({ when: 'true', boost: '2.0' })], caps: [{ group: 'brand', limit: 1, window: 3 }] };
    expect(rulesOf(create(control.PutRulesRequestSchema, rulesMessage(rules)))).toEqual(rules);
    expect(splitOf(create(control.PutSplitRequestSchema, { split: splitMessage(aSplit()) }))).toEqual(aSplit());
    const shadow = { placement: 'home', retriever: '', ranker: 'ranker@2', share: 0.25 };
    expect(shadowOf(create(control.PutShadowRequestSchema, { shadow }))).toEqual(shadow);
  });

  it('keeps every kind of key and model apart on the wire', () => {
    const key = { id: 'k', hash: Uint8Array.of(1), origins: [], expiresAtMs: 5 } as const;
    const model = { name: 'm', version: 1, bundle: 'b', digest: 'd', createdAtMs: 1, metrics: {}, checks: [] } as const;
    const snapshot = snapshotMessage({
      version: 3,
      tenants: [{
        id: 't', signingKey: Uint8Array.of(7), rules: [], caps: [], keys: [{ ...key, kind: 'publishable' }, { ...key, kind: 'secret', expiresAtMs: undefined }], placements: [], splits: [], shadows: [], aliases: [],
        models: [{ ...model, kind: 'retriever' }, { ...model, kind: 'ranker' }, { ...model, kind: 'item-encoder' }],
      }],
    });
    const [tenant] = fromBinary(control.ConfigSnapshotSchema, toBinary(control.ConfigSnapshotSchema, snapshot)).tenants;
    expect(tenant!.keys.map(({ kind, expiresAtMs }) => [kind, expiresAtMs])).toEqual([[control.KeyKind.PUBLISHABLE, 5], [control.KeyKind.SECRET, undefined]]);
    expect(tenant!.models.map(({ kind }) => kind)).toEqual([control.ModelKind.RETRIEVER, control.ModelKind.RANKER, control.ModelKind.ITEM_ENCODER]);
  });

  it('refuses what is missing or without a kind', () => {
    expect(() => modelOf(create(control.RegisterModelVersionRequestSchema, {}))).toThrow(expect.objectContaining({ reason: 'FIELD_MISSING' }));
    expect(() => modelOf(create(control.RegisterModelVersionRequestSchema, { model: { name: 'm' } }))).toThrow(expect.objectContaining({ reason: 'MODEL_KIND_INVALID' }));
    expect(() => whoOf({ tenant: 't', actor: 'x'.repeat(257) })).toThrow(expect.objectContaining({ reason: 'ACTOR_INVALID' }));
  });

  it('gives pages a size of 50 when none is asked for, and of 200 at most', () => {
    const sizes = [0, 1, 500].map((pageSize) => pageOf(create(control.ListAuditEntriesRequestSchema, { pageSize })).size);
    expect(sizes).toEqual([50, 1, 200]);
  });
});
