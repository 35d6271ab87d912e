import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StoredRecord } from '@serendip/events-domain';
import { ChunkWriter, chunkRecords, readChunk } from './chunk.js';
import { positionOfKey, recordKey } from './record-key.js';

const writer = new ChunkWriter();
const lists = fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 20 });

describe('chunks', () => {
  it('give back the records from a position, before an end, at most as many as fit', () => {
    fc.assert(fc.property(lists, fc.nat(30), fc.nat(30), fc.integer({ min: 1, max: 10 }), (records, from, end, max) => {
      const chunk = Buffer.from(writer.write(records));
      const found: StoredRecord[] = [];
      readChunk(chunk, 5, { from, end, max }, found);
      const all = records.map((bytes, i) => ({ position: 5 + i, bytes }));
      const expected = all.filter(({ position }) => position >= from && position < end).slice(0, max);
      expect(found.map(({ position, bytes }) => ({ position, bytes: [...bytes] }))).toEqual(expected.map(({ position, bytes }) => ({ position, bytes: [...bytes] })));
      expect(chunkRecords(chunk)).toBe(records.length);
    }));
  });
});

describe('record keys', () => {
  const positions = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

  it('sort by partition, then position, and give the position back', () => {
    fc.assert(fc.property(fc.nat(63), positions, fc.nat(63), positions, (partition, position, otherPartition, otherPosition) => {
      const order = Math.sign(partition - otherPartition || position - otherPosition);
      expect(Buffer.compare(recordKey(partition, position), recordKey(otherPartition, otherPosition))).toBe(order);
      expect(positionOfKey(recordKey(partition, position))).toBe(position);
    }));
  });
});
