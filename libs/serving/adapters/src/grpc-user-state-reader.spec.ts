import { describe, expect, it } from '@jest/globals';
import type { GrpcClient } from '@serendip/platform-grpc';
import { features } from '@serendip/shared-contracts';
import { GrpcUserStateReader } from './grpc-user-state-reader.js';

type Result = { status: features.ReadStatus; record: Uint8Array; ageMs: number; mergedInto: string };

function readerOf(result: Partial<Result> | undefined) {
  const asked: unknown[] = [];
  const readUserStates = async ({ requests }: { requests: unknown[] }) => {
    asked.push(...requests);
    return { results: result === undefined ? [] : [{ status: features.ReadStatus.PRESENT, record: new Uint8Array([1, 2]), ageMs: 0, mergedInto: '', ...result }] };
  };
  return { asked, reader: new GrpcUserStateReader({ readUserStates } as unknown as GrpcClient<typeof features.FeatureStoreService>) };
}

const context = { deadlineMs: performance.now() + 1000, signal: new AbortController().signal };
const ann = { kind: 'user', id: 'ann' } as const;

describe('GrpcUserStateReader', () => {
  it('reads a user by the one id and a visitor by the other', async () => {
    const { reader, asked } = readerOf({});
    expect((await reader.read('t', ann, context)).record).toEqual(new Uint8Array([1, 2]));
    await reader.read('t', { kind: 'anonymous', id: 'x' }, context);
    expect(asked).toEqual([{ tenant: 't', userId: 'ann' }, { tenant: 't', anonymousId: 'x' }]);
  });

  it('asks nothing for nobody', async () => {
    const { reader, asked } = readerOf({});
    expect((await reader.read('t', { kind: 'nobody' }, context)).record).toHaveLength(0);
    expect(asked).toEqual([]);
  });

  it('has an empty state for somebody new', async () => {
    const { reader } = readerOf({ status: features.ReadStatus.MISSING, record: new Uint8Array(0) });
    expect((await reader.read('t', ann, context)).record).toHaveLength(0);
  });

  it.each([
    ['that is a second behind', { ageMs: 1001 }, 'USER_STATE_STALE'],
    ['of somebody new that is a second behind', { status: features.ReadStatus.MISSING, ageMs: 5000 }, 'USER_STATE_STALE'],
    ['that is not there now', { status: features.ReadStatus.UNAVAILABLE }, 'USER_STATE_UNAVAILABLE'],
    ['that was not answered', undefined, 'USER_STATE_UNAVAILABLE'],
  ])('says so of a state %s', async (_, result, reason) => {
    await expect(readerOf(result).reader.read('t', ann, context)).rejects.toMatchObject({ code: 'UNAVAILABLE', reason });
  });

  it('takes a state that is less than a second behind', async () => {
    await expect(readerOf({ ageMs: 1000 }).reader.read('t', ann, context)).resolves.toMatchObject({ record: new Uint8Array([1, 2]) });
  });

  it('says whose state it is that a visitor has become', async () => {
    await expect(readerOf({ mergedInto: 'ann' }).reader.read('t', { kind: 'anonymous', id: 'x' }, context)).resolves.toMatchObject({ mergedInto: 'ann' });
  });
});
