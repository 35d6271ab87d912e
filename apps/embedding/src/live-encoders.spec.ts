import { describe, expect, it } from '@jest/globals';
import { referenceName, type ItemEncoderSet, type ListedRetriever } from '@serendip/retrieval-domain';
import { control, create } from '@serendip/shared-contracts';
import { UnfitEncoders, encoderStates, liveEncoders, type EncoderState } from './live-encoders.js';

const { ITEM_ENCODER, RETRIEVER } = control.ModelKind;
const tenant = create(control.TenantSchema, {
  id: 't',
  models: [
    ...[1, 2, 3].map((version) => ({ name: 'enc', version, kind: ITEM_ENCODER })), ...[1, 2].map((version) => ({ name: 'other', version, kind: ITEM_ENCODER })), { name: 'cf', version: 1, kind: RETRIEVER },
  ],
  aliases: [
    { model: 'enc', alias: 'champion', version: 3, previousVersion: 1 }, { model: 'enc', alias: 'challenger', version: 2 }, { model: 'other', alias: 'champion', version: 2 },
    { model: 'cf', alias: 'champion', version: 1 },
  ],
});

describe('liveEncoders', () => {
  it('are what champion points at, then what it pointed at before', () => {
    expect(liveEncoders(tenant).map(({ name, version }) => `${name}@${version}`)).toEqual(['enc@3', 'other@2', 'enc@1']);
  });
});

describe('encoderStates', () => {
  const loaded = (name: string, version: number): ReturnType<ItemEncoderSet['list']>[number] => (
    { reference: { tenant: 't', name, version, bundle: '', digest: '' }, encoder: { retriever: { name: 'cf@1', digest: 'one' }, dimension: 8 } }
  );
  const retriever = (encodedBy: string | undefined, id = 't'): ListedRetriever => (
    { reference: { tenant: id, name: 'cf', version: 1, bundle: '', digest: 'one' }, items: 1, bytes: 1, runtime: '', device: 'cpu', newItems: { count: 1, encoded: 1, encodedBy } }
  );
  const statesOf = (encodedBy: string | undefined, ...others: readonly ListedRetriever[]) => encoderStates(
    { encoders: { list: () => [loaded('enc', 3), loaded('other', 2), loaded('enc', 1)], failures: () => [] }, retrievers: { list: () => [retriever(encodedBy), ...others] } }, [tenant],
  ).map(({ encoder, state }) => [encoder, state]);

  it('say which one is used, and nothing of those that are for the same retriever and come after it', () => {
    expect(statesOf('enc@3')).toEqual([['enc@3', 'used']]);
  });

  it('say which ones should be used and are not; another tenant is no matter', () => {
    expect(statesOf(undefined, retriever('enc@3', 'u'))).toEqual([['enc@3', 'unfit'], ['other@2', 'unfit']]);
  });

  it('say what can not be loaded, and why', () => {
    const { reference } = loaded('enc', 3);
    const states = encoderStates({ encoders: { list: () => [], failures: () => [{ reference, error: new Error('It is gone.') }] }, retrievers: { list: () => [] } }, [tenant]);
    expect(states).toEqual([{ tenant: 't', encoder: referenceName(reference), state: 'broken', detail: "can't be used: It is gone." }]);
  });
});

describe('UnfitEncoders', () => {
  it('warns once each time that an encoder comes to be unfit', () => {
    const warned: unknown[] = [];
    const unfit = new UnfitEncoders({ warn: (facts: unknown) => void warned.push(facts) });
    const state = (of: EncoderState['state']): readonly EncoderState[] => [{ tenant: 't', encoder: 'enc@1', state: of, detail: '' }];
    for (const each of ['used', 'unfit', 'unfit', 'used', 'broken', 'unfit'] as const) unfit.report(state(each));
    expect(warned).toEqual(Array(2).fill({ tenant: 't', encoder: 'enc@1' }));
  });
});
