import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { epochOf, type EventLog } from '@serendip/events-domain';
import { openEventLog } from '../open-event-log.js';

const root = join(import.meta.dirname, '../../../../..');
const everything = 1_000_000;

interface Acknowledged {
  readonly partition: number;
  readonly position: number;
  readonly text: string;
}

describe('a log shared by processes', () => {
  let directory: string;
  let children: ChildProcess[];

  beforeAll(() => {
    execFileSync(process.execPath, [join(root, 'tools/build.mjs'), 'libs/shared/errors', 'libs/shared/identity', 'libs/events/domain', 'libs/events/adapters']);
  });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'event-log-'));
    children = [];
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  /** Starts a writer and hands its lines to `onLine`. */
  function start(args: readonly string[], onLine: (line: string) => void): ChildProcess {
    const program = join(root, 'libs/events/adapters/dist/lmdb/log-writer.fixture.js');
    const child = spawn(process.execPath, [program, `lmdb:${directory}`, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    createInterface({ input: child.stdout! }).on('line', onLine);
    return child;
  }

  /** Lets a writer append until it has acknowledged so many records, and kills it. */
  async function appendAndKill(name: string, count: number): Promise<Acknowledged[]> {
    const acknowledged: Acknowledged[] = [];
    const child = start([name, 'append'], (line) => {
      const [kind, partition, position, text] = line.split(' ');
      if (kind === 'ack') acknowledged.push({ partition: Number(partition), position: Number(position), text: text! });
      if (acknowledged.length >= count) child.kill('SIGKILL');
    });
    await once(child, 'close');
    return acknowledged;
  }

  async function readAll(log: EventLog): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const partition of [0, 1, 2]) {
      for (const { position, bytes } of await log.read(partition, 0, everything)) found.set(`${partition} ${position}`, Buffer.from(bytes).toString().trim());
    }
    return found;
  }

  it('loses nothing acknowledged and uses no position twice when its writer is killed again and again', async () => {
    const acknowledged: Acknowledged[] = [];
    for (let round = 0; round < 4; round++) acknowledged.push(...(await appendAndKill(`w${round}`, 300 + 200 * round)));
    const log = await openEventLog(`lmdb:${directory}`, { mode: 'writer' });
    const found = await readAll(log);
    for (const { partition, position, text } of acknowledged) expect(found.get(`${partition} ${position}`)).toBe(text);
    expect(new Set(acknowledged.map(({ partition, position }) => `${partition} ${position}`)).size).toBe(acknowledged.length);
    expect(new Set(acknowledged.map(({ position }) => epochOf(position)))).toEqual(new Set([1, 2, 3, 4]));
    expect(new Set(found.values()).size).toBe(found.size);
    await log.close();
  });

  it('is followed by a reader across restarts of its writer, in order, each record once', async () => {
    await appendAndKill('first', 50);
    const reader = await openEventLog(`lmdb:${directory}`, { mode: 'reader' });
    const read: string[] = [];
    const cursors = [0, 0, 0];
    let writing = true;
    const follow = async (): Promise<void> => {
      for (let ends = await reader.ends(), last = false; !last;) {
        last = !writing;
        for (const [partition, cursor] of cursors.entries()) {
          const records = await reader.read(partition, cursor, everything);
          for (const { position, bytes } of records) {
            expect(position).toBeGreaterThanOrEqual(cursors[partition]!);
            cursors[partition] = position + 1;
            read.push(Buffer.from(bytes).toString().trim());
          }
        }
        ends = await reader.waitForAppend(ends, 20);
      }
    };
    const following = follow();
    const acknowledged = [...(await appendAndKill('second', 2_000)), ...(await appendAndKill('third', 2_000))];
    writing = false;
    await following;
    await reader.close();
    const log = await openEventLog(`lmdb:${directory}`, { mode: 'writer' });
    const written = new Set((await readAll(log)).values());
    await log.close();
    expect(new Set(read).size).toBe(read.length);
    expect(read.filter((text) => !written.has(text))).toEqual([]);
    const seen = new Set(read);
    expect(acknowledged.filter(({ text }) => !seen.has(text))).toEqual([]);
  });

  it('applies each batch of an import once though two writers send all of them', async () => {
    const outcomes: string[] = [];
    const writers = ['a', 'b'].map((name) => start([name, 'import', '40'], (line) => outcomes.push(line)));
    for (const [code] of await Promise.all(writers.map((writer) => once(writer, 'close')))) expect(code).toBe(0);
    const log = await openEventLog(`lmdb:${directory}`, { mode: 'writer' });
    expect(outcomes.filter((line) => line.endsWith('applied'))).toHaveLength(40);
    const found = await readAll(log);
    expect(new Set(found.values()).size).toBe(800);
    expect(found.size).toBe(800);
    const ends = await log.ends();
    await log.close();
    const reader = await openEventLog(`lmdb:${directory}`, { mode: 'reader' });
    expect(await reader.ends()).toEqual(ends);
    await reader.close();
  });

  it('is closed cleanly by a writer that closes it, so that the next one goes on in its epoch', async () => {
    const first = await openEventLog(`lmdb:${directory}`, { mode: 'writer' });
    const [before] = await first.append([{ partition: 0, bytes: Buffer.from('a') }]);
    await first.close();
    const second = await openEventLog(`lmdb:${directory}`, { mode: 'writer' });
    expect(await second.append([{ partition: 0, bytes: Buffer.from('b') }])).toEqual([before! + 1]);
    await second.close();
  });
});
