import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StateStore } from '@serendip/features-domain';
import { aStateEvent, applyLog, dumpState, logOf } from '@serendip/features-domain/testing';
import { openGeneration, openGenerations, openStateStore } from '../index.js';
import { LmdbStateStore } from './lmdb-state-store.js';

const log = logOf(['1', '2'].map((eventId) => aStateEvent({ eventId })));
let folder: string;
let url: string;
const open: StateStore[] = [];

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'generations-')), 'state');
  url = `lmdb:${folder}`;
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  rmSync(join(folder, '..'), { recursive: true });
});

async function opened(store: StateStore | Promise<StateStore>): Promise<StateStore> {
  open.push(await store);
  return open.at(-1)!;
}
async function closed(): Promise<void> {
  for (const store of open.splice(0)) await store.close();
}
const folders = (): string[] => readdirSync(folder).filter((name) => /^\d+$/.test(name));

describe('generations of a state in LMDB', () => {
  it('are made beside the live one, which nobody sees until they are switched to', async () => {
    const live = await opened(openStateStore(url));
    await applyLog(live, log.slice(0, 1));
    const generations = openGenerations(url, live)!;
    const next = await generations.begin();
    const made = await openGeneration(next);
    await applyLog(made, log);
    const [before, after] = [await dumpState(live), await dumpState(made)];
    await made.close();
    expect(await dumpState(live)).toEqual(before);

    const switched = await opened((await generations.switchTo(next))!);
    expect(await dumpState(switched)).toEqual(after);
    expect(await dumpState(live)).toEqual(before);
    await closed();
    await generations.removeOthers();
    expect(folders()).toEqual(['2']);
    expect(await dumpState(await opened(openStateStore(url)))).toEqual(after);
  });

  it('that did not come to their end are gone at the next start, and at the next attempt', async () => {
    const live = await opened(openStateStore(url));
    await applyLog(live, log);
    const expected = await dumpState(live);
    const generations = openGenerations(url, live)!;
    const first = await openGeneration(await generations.begin());
    await applyLog(first, log.slice(0, 1));
    await first.close();
    const second = await openGeneration(await generations.begin());
    expect((await second.partitions.head(7)).cursor).toBe(0);
    await second.close();
    await closed();
    expect(await dumpState(await opened(openStateStore(url)))).toEqual(expected);
    expect(folders()).toEqual(['1']);
  });

  it('begin with a state that was there before there were any', async () => {
    mkdirSync(folder, { recursive: true });
    const old = new LmdbStateStore(folder);
    await applyLog(old, log);
    const expected = await dumpState(old);
    await old.close();
    expect(await dumpState(await opened(openStateStore(url)))).toEqual(expected);
    expect(existsSync(join(folder, 'data.mdb'))).toBe(false);
  });
});
