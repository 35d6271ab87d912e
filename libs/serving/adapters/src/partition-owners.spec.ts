import { afterEach, describe, expect, it } from '@jest/globals';
import type { GrpcClient } from '@serendip/platform-grpc';
import type { features } from '@serendip/shared-contracts';
import { PartitionOwners } from './partition-owners.js';

type Client = GrpcClient<typeof features.FeatureStoreService>;

let owners: PartitionOwners;
afterEach(() => owners.close());

/** Owners as they are told, and the addresses that there are connections to. */
async function start(first: readonly string[]) {
  const told = { owners: first, fails: false };
  const connected = new Set<string>();
  const anyone = { getPartitionOwners: async () => {
    if (told.fails) throw new Error('It is away.');
    return { owners: [...told.owners] };
  } } as unknown as Client;
  owners = new PartitionOwners(anyone, (address) => {
    connected.add(address);
    return { address, close: () => connected.delete(address) } as unknown as Client;
  });
  await owners.ask();
  return { told, connected };
}

const addressOf = (partition: number): string | undefined => (owners.of(partition) as unknown as { address: string } | undefined)?.address;

describe('owners of partitions', () => {
  it('are asked directly, each over one connection, until they are gone', async () => {
    const { told, connected } = await start(['a:1', 'b:1', 'a:1', '']);
    expect([0, 1, 2, 3, 4].map(addressOf)).toEqual(['a:1', 'b:1', 'a:1', undefined, undefined]);
    expect([...connected]).toEqual(['a:1', 'b:1']);
    told.owners = ['c:1', 'b:1', 'c:1', 'c:1'];
    await owners.ask();
    expect([0, 1, 2, 3].map(addressOf)).toEqual(['c:1', 'b:1', 'c:1', 'c:1']);
    expect([...connected]).toEqual(['b:1', 'c:1']);
  });

  it('are each followed by another, never by themselves', async () => {
    await start(['a:1', 'b:1', 'c:1']);
    const a = owners.of(0)!;
    const others = Array.from({ length: 4 }, () => (owners.another(a) as unknown as { address: string }).address);
    expect(new Set(others)).toEqual(new Set(['b:1', 'c:1']));
  });

  it('stay as they were known while nobody tells', async () => {
    const { told } = await start(['a:1', 'b:1']);
    told.fails = true;
    await owners.ask();
    expect(addressOf(1)).toBe('b:1');
  });

  it('are not connected to any more once it is closed', async () => {
    const { told, connected } = await start(['a:1', 'b:1']);
    told.owners = ['c:1', 'b:1'];
    const asked = owners.ask();
    owners.close();
    await asked;
    expect([...connected]).toEqual([]);
  });

  it.each([['one has all', ['a:1', 'a:1']], ['nothing is told', []]])('are of no use where %s', async (_, list) => {
    const { connected } = await start(list);
    expect(addressOf(0)).toBeUndefined();
    expect(connected.size).toBe(0);
  });
});
