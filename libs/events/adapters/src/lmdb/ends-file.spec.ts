import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PARTITIONS } from '@serendip/shared-identity';
import { EndsFile } from './ends-file.js';

describe('EndsFile', () => {
  let directory: string;
  let writer: EndsFile;
  let reader: EndsFile;
  const endsWith = (partition: number, end: number): number[] => Array.from({ length: PARTITIONS }, (_, i) => (i === partition ? end : 0));

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ends-'));
    writer = new EndsFile(directory, 'writer');
    reader = new EndsFile(directory, 'reader');
  });
  afterEach(() => {
    writer.close();
    reader.close();
    rmSync(directory, { recursive: true });
  });

  it('shows readers what was published, and the same array until it changes', () => {
    expect(reader.read()).toEqual(endsWith(0, 0));
    writer.publish(endsWith(3, 10));
    const ends = reader.read();
    expect(ends).toEqual(endsWith(3, 10));
    expect(reader.read()).toBe(ends);
  });

  it('never goes back', () => {
    writer.publish(endsWith(3, 10));
    new EndsFile(directory, 'writer').publish(endsWith(3, 7));
    expect(reader.read()[3]).toBe(10);
    expect(writer.shows(endsWith(3, 10))).toBe(true);
    expect(writer.shows(endsWith(3, 11))).toBe(false);
  });

  it('passes over what is half written', () => {
    writer.publish(endsWith(3, 10));
    reader.read();
    writeSync(openSync(join(directory, 'durable-ends'), 'r+'), Buffer.alloc(8, 0x42), 0, 8, 24);
    expect(reader.read()[3]).toBe(10);
    writer.publish(endsWith(3, 12));
    expect(reader.read()[3]).toBe(12);
  });
});
