import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PARTITIONS } from '@serendip/shared-identity';
import fc from 'fast-check';
import { partitionsOf, shareOf, type Member, type PartitionLeases, type PartitionMap } from '../ownership/partition-leases.js';

/** Leases as two processes see them; none is held at first. */
export interface LeasesPlace {
  readonly leases: readonly [PartitionLeases, PartitionLeases];
  /** Lets time pass, in milliseconds. */
  pass(ms: number): Promise<void>;
  /** Closes and removes everything. */
  remove(): Promise<void>;
}

const LEASE_MS = 400;
/** Nobody's lease ends by itself in this time. */
const LONG_MS = 600_000;
const member = (id: string): Member => ({ id, address: `${id}.example:50052` });
const [ANN, BOB, CLEO] = ['ann', 'bob', 'cleo'].map(member) as [Member, Member, Member];

/** The contract of every engine of leases. */
export function partitionLeasesConformance(name: string, openPlace: () => Promise<LeasesPlace>, { runs = 100 }: { readonly runs?: number } = {}): void {
  describe(`${name}: the contract of partition leases`, () => {
    let place: LeasesPlace;
    beforeEach(async () => { place = await openPlace(); });
    afterEach(() => place.remove());

    const renew = (who: Member, { released = [], leaseMs = LONG_MS }: { readonly released?: readonly number[]; readonly leaseMs?: number } = {}, process: 0 | 1 = 0): Promise<PartitionMap> =>
      place.leases[process].renew(who, { leaseMs, released });
    /** Renews and lets go of what is too much. */
    const settle = async (who: Member, process: 0 | 1 = 0): Promise<PartitionMap> => {
      const map = await renew(who, {}, process);
      return renew(who, { released: partitionsOf(who.id, map).slice(shareOf(who.id, map.members)) }, process);
    };
    const sizes = (map: PartitionMap): readonly number[] => map.members.map(({ id }) => partitionsOf(id, map).length);

    it('gives everything to who is alone', async () => {
      const map = await renew(ANN);
      expect(map.members).toEqual([ANN]);
      expect(sizes(map)).toEqual([PARTITIONS]);
    });

    it('gives a newcomer nothing that another has, and its share once that is let go', async () => {
      await renew(ANN);
      expect(sizes(await renew(BOB, {}, 1))).toEqual([PARTITIONS, 0]);
      expect(sizes(await settle(ANN))).toEqual([PARTITIONS / 2, 0]);
      const map = await renew(BOB, {}, 1);
      expect(sizes(map)).toEqual([PARTITIONS / 2, PARTITIONS / 2]);
      expect(map.members).toEqual([ANN, BOB]);
    });

    it('lets nobody go of what another has', async () => {
      await renew(ANN);
      const map = await renew(BOB, { released: [1, 2] }, 1);
      expect(sizes(map)).toEqual([PARTITIONS, 0]);
    });

    it('frees what a member had that leaves, at once', async () => {
      await renew(ANN);
      await renew(BOB, {}, 1);
      await place.leases[0].leave(ANN.id);
      const map = await renew(BOB, {}, 1);
      expect(map.members).toEqual([BOB]);
      expect(sizes(map)).toEqual([PARTITIONS]);
    });

    it('frees what a member had whose time is over, and not before', async () => {
      await renew(ANN, { leaseMs: LEASE_MS });
      expect(sizes(await renew(BOB, {}, 1))).toEqual([PARTITIONS, 0]);
      await place.pass(LEASE_MS + 50);
      expect(sizes(await renew(BOB, {}, 1))).toEqual([PARTITIONS]);
    });

    it('takes a member that comes back after its time for a newcomer', async () => {
      await renew(ANN, { leaseMs: LEASE_MS });
      await place.pass(LEASE_MS + 50);
      await renew(BOB, {}, 1);
      const map = await renew(ANN);
      expect(map.members).toEqual([ANN, BOB]);
      expect(sizes(map)).toEqual([0, PARTITIONS]);
    });

    it('tells where a member is now', async () => {
      await renew(ANN);
      const moved = { ...ANN, address: 'elsewhere:1' };
      expect((await renew(moved)).members).toEqual([moved]);
      expect((await renew(BOB, {}, 1)).members).toEqual([moved, BOB]);
    });

    it('gives each partition to one, however many ask at the same time', async () => {
      const all = [ANN, BOB, CLEO];
      await Promise.all(all.map((who, i) => renew(who, {}, (i % 2) as 0 | 1)));
      for (let round = 0; round < 2; round++) await Promise.all(all.map((who, i) => settle(who, (i % 2) as 0 | 1)));
      expect(sizes(await renew(ANN))).toEqual([22, 21, 21]);
    });

    it('shares everything out as equally as can be, whoever has come and gone', async () => {
      const step = fc.record({ who: fc.constantFrom(ANN, BOB, CLEO, member('dan')), does: fc.constantFrom('settles', 'renews', 'leaves'), process: fc.constantFrom(0 as const, 1 as const) });
      await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const there = new Map<string, Member>();
        for (const { who, does, process } of steps) {
          if (does === 'leaves') {
            await place.leases[process].leave(who.id);
            there.delete(who.id);
            continue;
          }
          const map = await (does === 'settles' ? settle(who, process) : renew(who, {}, process));
          there.set(who.id, who);
          expect(map.members.map(({ id }) => id)).toEqual([...there.keys()].sort());
          expect(map.owners.every((owner) => owner === undefined || there.has(owner))).toBe(true);
          expect(partitionsOf(who.id, map).length).toBeGreaterThanOrEqual(Math.min(shareOf(who.id, map.members), map.owners.filter((owner) => owner === undefined).length));
        }
        if (there.size > 0) {
          for (let round = 0; round < 2; round++) for (const who of there.values()) await settle(who);
          const map = await renew([...there.values()][0]!);
          expect(sizes(map)).toEqual(map.members.map(({ id }) => shareOf(id, map.members)));
          expect(sizes(map).reduce((sum, size) => sum + size, 0)).toBe(PARTITIONS);
        }
        for (const id of there.keys()) await place.leases[0].leave(id);
      }), { numRuns: runs });
    });
  });
}
