import { describe, expect, it } from '@jest/globals';
import type { GrpcClient } from '@serendip/platform-grpc';
import { features } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { partitionOf, userEntity } from '@serendip/shared-identity';
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

  describe('where several feature stores share the partitions', () => {
    const answering = (record: number, fails?: Error) => {
      const store = { asked: 0, readUserStates: async ({ requests }: { requests: unknown[] }) => {
        store.asked += requests.length;
        if (fails !== undefined) throw fails;
        return { results: requests.map(() => ({ status: features.ReadStatus.PRESENT, record: Uint8Array.of(record), ageMs: 0, mergedInto: '' })) };
      } };
      return store;
    };
    const client = (store: ReturnType<typeof answering>) => store as unknown as GrpcClient<typeof features.FeatureStoreService>;
    const read = async (anyone: ReturnType<typeof answering>, owner: ReturnType<typeof answering> | undefined, other?: ReturnType<typeof answering>) => {
      const owners = {
        of: (partition: number) => (owner === undefined || partition !== partitionOf('t', userEntity('ann')) ? undefined : client(owner)),
        another: () => (other === undefined ? undefined : client(other)),
      };
      return (await new GrpcUserStateReader(client(anyone), owners).read('t', ann, context)).record[0];
    };

    it('asks the one that has the partition', async () => {
      const [anyone, owner] = [answering(1), answering(2)];
      expect(await read(anyone, owner)).toBe(2);
      expect(anyone.asked).toBe(0);
    });

    it('asks any where that is not known', async () => {
      expect(await read(answering(1), undefined)).toBe(1);
    });

    it.each(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'] as const)('asks any when that one fails: %s', async (code) => {
      expect(await read(answering(1), answering(2, new DomainError(code, code, 'No.')))).toBe(1);
    });

    it('asks another one first, which is not the one that failed', async () => {
      const anyone = answering(1);
      expect(await read(anyone, answering(2, new DomainError('DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', 'No.')), answering(3))).toBe(3);
      expect(anyone.asked).toBe(0);
    });

    it('asks nobody else when that one refuses', async () => {
      const anyone = answering(1);
      await expect(read(anyone, answering(2, new DomainError('INVALID_ARGUMENT', 'USER_KEY_INVALID', 'No.')))).rejects.toMatchObject({ reason: 'USER_KEY_INVALID' });
      expect(anyone.asked).toBe(0);
    });
  });
});
