import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PARTITIONS } from '@serendip/shared-identity';
import { EndsFile } from './ends-file.js';
import { EndsWatch } from './ends-watch.js';

const endsAt = (first: number): number[] => [first, ...new Array<number>(PARTITIONS - 1).fill(0)];

describe('EndsWatch', () => {
  let directory: string;
  let writer: EndsFile;
  let reader: EndsFile;
  let watch: EndsWatch;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ends-watch-'));
    writer = new EndsFile(directory, 'writer');
    reader = new EndsFile(directory, 'reader');
    watch = new EndsWatch(reader);
  });
  afterEach(() => {
    watch.close();
    for (const file of [writer, reader]) file.close();
    rmSync(directory, { recursive: true });
  });

  it('wakes for each move that another makes', async () => {
    let ends = reader.read();
    for (let first = 1; first < 20; first++) {
      const woken = watch.wait(ends, 10_000);
      writer.publish(endsAt(first));
      ends = await woken;
      expect(ends[0]).toBe(first);
    }
  });

  it('sees a move that was made before it waited', async () => {
    const ends = reader.read();
    writer.publish(endsAt(3));
    expect((await watch.wait(ends, 10_000))[0]).toBe(3);
  });

  it('wakes where the file can not be watched', async () => {
    const unwatched = new EndsWatch(new Proxy(reader, { get: (file, name) => (name === 'path' ? join(directory, 'nowhere') : name === 'read' ? () => file.read() : undefined) }));
    const woken = unwatched.wait(reader.read(), 10_000);
    writer.publish(endsAt(5));
    expect((await woken)[0]).toBe(5);
    unwatched.close();
  });

  it('answers what it knows after a time, and when it is closed', async () => {
    const ends = reader.read();
    expect(await watch.wait(ends, 1)).toBe(ends);
    const waiting = watch.wait(ends, 10_000);
    watch.close();
    expect(await waiting).toBe(ends);
  });
});
