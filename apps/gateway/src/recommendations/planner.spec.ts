import { describe, expect, it } from '@jest/globals';
import type { Visitor } from '@serendip/serving-domain';
import { FixedConfig } from '../gateway.fixture.js';
import { Planner } from './planner.js';

const arm = (name: string, percent: number, ranker = '') => ({ name, percent, ranker });
const split = (...arms: ReturnType<typeof arm>[]) => ({ name: 'rankers', placement: 'home', salt: 's', arms });

function plannerOf(tenant: ConstructorParameters<typeof FixedConfig>[0] = {}) {
  const config = new FixedConfig(tenant);
  const planner = new Planner(config.asWatcher());
  const plan = (visitor: Visitor, more: { ranker?: string; placement?: string } = {}) =>
    planner.plan({ tenant: 'default', placement: more.placement ?? 'home', visitor, ...(more.ranker === undefined ? {} : { override: { ranker: more.ranker } }) });
  return { config, planner, plan };
}

const users: readonly Visitor[] = Array.from({ length: 1000 }, (_, i) => ({ kind: 'user', id: `u${i}` }));
const ann = users[0]!;

describe('Planner', () => {
  it('resolves a placement\'s models as of now', () => {
    const { config, plan } = plannerOf();
    expect(plan(ann)).toMatchObject({ name: 'home', retriever: 'cf@1', ranker: 'dcn@2', arms: [], candidates: 50 });
    config.set({ aliases: [{ model: 'dcn', alias: 'champion', version: 1 }] });
    expect(plan(ann)).toMatchObject({ retriever: '', ranker: 'dcn@1' });
  });

  it('has an impression discount only where it is on', () => {
    const sources = [{ name: 'popular', limit: 5 }];
    const { plan } = plannerOf({ placements: [{ name: 'home', sources }, { name: 'off', sources, impressionDiscount: 1 }, { name: 'on', sources, impressionDiscount: 0.7 }] });
    expect(['home', 'off', 'on'].map((placement) => plan(ann, { placement }).impressionDiscount)).toEqual([undefined, undefined, 0.7]);
  });

  it('has no model where an alias points at nothing, for a placement and for an arm', () => {
    expect(plannerOf({ aliases: [] }).plan(ann)).toMatchObject({ retriever: '', ranker: '' });
    expect(plannerOf({ splits: [split(arm('a', 100, 'dcn@challenger'))] }).plan(ann)).toMatchObject({ ranker: '', retriever: 'cf@1', arms: [{ experiment: 'rankers', arm: 'a' }] });
  });

  it('splits users stickily, about as the percentages say, and logs every answer of theirs', () => {
    const { plan } = plannerOf({ splits: [split(arm('a', 30, 'dcn@1'), arm('b', 20))] });
    const arms = users.map((user) => plan(user).arms[0]?.arm);
    expect(users.map((user) => plan(user).arms[0]?.arm)).toEqual(arms);
    const share = (name: string | undefined) => arms.filter((each) => each === name).length / users.length;
    expect(share('a')).toBeGreaterThan(0.25);
    expect(share('a')).toBeLessThan(0.35);
    expect(share(undefined)).toBeGreaterThan(0.44);
    const inA = users.find((_, i) => arms[i] === 'a')!;
    expect(plan(inA)).toMatchObject({ ranker: 'dcn@1', logShare: 1 });
    expect(plan(users.find((_, i) => arms[i] === 'b')!)).toMatchObject({ ranker: 'dcn@2', logShare: 1 });
    expect(plan(users.find((_, i) => arms[i] === undefined)!)).toMatchObject({ ranker: 'dcn@2', arms: [], logShare: 0 });
  });

  it('keeps everybody in their arm when the last one grows', () => {
    const before = plannerOf({ splits: [split(arm('a', 30), arm('b', 20))] });
    const after = plannerOf({ splits: [split(arm('a', 30), arm('b', 60))] });
    for (const user of users) {
      const was = before.plan(user).arms;
      if (was.length > 0) expect(after.plan(user).arms).toEqual(was);
    }
  });

  it('keeps a user and a visitor of the same id apart, and nobody out of every arm', () => {
    const { plan } = plannerOf({ splits: [split(arm('a', 50))] });
    const differ = users.filter((user) => user.kind === 'user' && plan(user).arms.length !== plan({ kind: 'anonymous', id: user.id }).arms.length);
    expect(differ.length).toBeGreaterThan(300);
    expect(plannerOf({ splits: [split(arm('a', 100))] }).plan({ kind: 'nobody' }).arms).toEqual([]);
  });

  it('splits only the placement it is meant for', () => {
    expect(plannerOf({ splits: [split(arm('a', 100))] }).plan(ann, { placement: 'cart' }).arms).toEqual([]);
  });

  it('takes an override that names a version or an alias, and refuses another', () => {
    const { plan } = plannerOf();
    expect([plan(ann, { ranker: 'dcn@1' }).ranker, plan(ann, { ranker: 'dcn@champion' }).ranker]).toEqual(['dcn@1', 'dcn@2']);
    for (const ranker of ['dcn@3', 'dcn', '', 'x@champion']) expect(() => plan(ann, { ranker })).toThrow(expect.objectContaining({ reason: 'MODEL_UNKNOWN' }));
  });

  it('knows no other placements or tenants', () => {
    const { plan, planner } = plannerOf();
    expect(() => plan(ann, { placement: 'nowhere' })).toThrow(expect.objectContaining({ code: 'NOT_FOUND', reason: 'PLACEMENT_UNKNOWN', message: expect.stringMatching(/^There is no placement 'nowhere'\. Known: home.*\.$/) }));
    expect(() => planner.tenant('other')).toThrow(expect.objectContaining({ code: 'NOT_FOUND', reason: 'TENANT_UNKNOWN' }));
  });
});
