import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Ranker } from '@serendip/ranking-domain';
import { control, create } from '@serendip/shared-contracts';
import { LiveRankers } from './live-rankers.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => { for (const close of closers.splice(0)) await close(); });

/** Versions 1 to 3 of a ranker, with the champion at one of them. */
const at = (champion: number) => create(control.ConfigSnapshotSchema, {
  tenants: [{
    id: 't', aliases: [{ model: 'dcn', alias: 'champion', version: champion }],
    models: [1, 2, 3].map((version) => ({ name: 'dcn', version, kind: control.ModelKind.RANKER })),
  }],
});

function start({ broken = [], bytes = 10, budgetBytes = 100 }: { readonly broken?: number[]; readonly bytes?: number; readonly budgetBytes?: number } = {}) {
  const closed: string[] = [];
  const warned: unknown[] = [];
  const rankers = new LiveRankers({
    load: async (_, { name, version }, reserve) => {
      reserve(bytes);
      if (broken.includes(version)) throw new Error('broken');
      const spec = { name: `${name}@${version}`, bytes };
      return { spec, device: 'cpu', close: async () => void closed.push(spec.name) } as unknown as Ranker;
    },
    budgetBytes, graceMs: 0, logger: { info: () => undefined, warn: (facts: unknown) => void warned.push(facts) } as never,
  });
  closers.push(() => rankers.close());
  const grace = () => new Promise((resolve) => { setTimeout(resolve, 20); });
  return { rankers, closed, warned, grace };
}

describe('LiveRankers', () => {
  it('has what configuration points at and lets go of what it no longer does', async () => {
    const { rankers, closed, grace } = start();
    await rankers.follow(at(1));
    await rankers.follow(at(2));
    await grace();
    expect([rankers.get('t', 'dcn@2')?.spec.name, rankers.get('t', 'dcn@1'), closed]).toEqual(['dcn@2', undefined, ['dcn@1']]);
  });

  it('lets the old version stand in for one that is loading or can not be loaded, and keeps it for as long', async () => {
    const broken = [2];
    const { rankers, closed, warned, grace } = start({ broken });
    await rankers.follow(at(1));
    const following = rankers.follow(at(2));
    await following;
    await grace();
    expect([rankers.get('t', 'dcn@2')?.spec.name, closed, warned.length, [...rankers.failed.keys()]]).toEqual(['dcn@1', [], 1, ['t/dcn@2']]);
    broken.pop();
    await rankers.follow(at(2));
    await grace();
    expect([rankers.get('t', 'dcn@2')?.spec.name, closed]).toEqual(['dcn@2', ['dcn@1']]);
  });

  it('tries a version that can not be loaded ever less often, until configuration changes', async () => {
    jest.useFakeTimers();
    try {
      const { rankers, warned } = start({ broken: [2] });
      await rankers.follow(at(2));
      const after = async (seconds: number): Promise<number> => {
        await jest.advanceTimersByTimeAsync(seconds * 1000);
        return warned.length;
      };
      expect([await after(4), await after(2), await after(8), await after(2), await after(18), await after(2)]).toEqual([1, 2, 2, 3, 3, 4]);
      await after(3600);
      expect([await after(300), await after(300)]).toEqual([warned.length - 1, warned.length]);
      const tried = warned.length;
      await rankers.follow(at(2));
      expect([warned.length, await after(6)]).toEqual([tried + 1, tried + 2]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('closes each version once, though the grace of one runs out later', async () => {
    const { rankers, closed, grace } = start();
    await rankers.follow(at(1));
    await rankers.follow(at(2));
    await rankers.close();
    await grace();
    expect([closed.sort(), rankers.all]).toEqual([['dcn@1', 'dcn@2'], []]);
  });

  it('lets nothing stand in for what configuration does not point at', async () => {
    const { rankers } = start();
    await rankers.follow(at(1));
    expect([rankers.get('t', 'dcn@3'), rankers.get('other', 'dcn@1'), rankers.get('t', 'dc@1')]).toEqual([undefined, undefined, undefined]);
  });

  it('refuses a version that memory has no room for, saying what takes it, and goes on with the old one', async () => {
    const { rankers } = start({ bytes: 60 * 2 ** 20, budgetBytes: 100 * 2 ** 20 });
    await rankers.follow(at(1));
    await rankers.follow(at(2));
    expect(rankers.failed.get('t/dcn@2')).toBe('t/dcn@2 takes 60 MiB, and of 100 there are 40 left (loaded, in MiB: t/dcn@1 60). Point at fewer versions, or raise SERENDIP_RANKER_MEMORY_MIB.');
    expect([rankers.get('t', 'dcn@2')?.spec.name, rankers.bytes]).toEqual(['dcn@1', 60 * 2 ** 20]);
  });
});
