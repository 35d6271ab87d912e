import { describe, expect, it } from '@jest/globals';
import { rankersStatus } from './rankers-status.js';

describe('rankersStatus', () => {
  it('names what is loaded, and what can not be and why', () => {
    const all = [{ tenant: 't', ranker: { spec: { name: 'dcn@1' } } }] as unknown as Parameters<typeof rankersStatus>[0]['all'];
    expect(rankersStatus({ all, failed: new Map([['t/dcn@2', 'It is gone.']]) })).toEqual({ name: 'rankers', ready: true, detail: "loaded: t/dcn@1; broken: t/dcn@2 can't be loaded: It is gone." });
    expect(rankersStatus({ all: [], failed: new Map() })).toMatchObject({ ready: true, detail: 'loaded: none' });
  });
});
