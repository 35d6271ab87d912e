import { describe, expect, it } from '@jest/globals';
import { create, events, toBinary } from '@serendip/shared-contracts';
import fc from 'fast-check';
import { encodeEach } from './ingestion.mapper.js';

describe('encodeEach', () => {
  it('gives each event the bytes it has by itself, whatever its size', () => {
    fc.assert(fc.property(fc.array(fc.record({ userId: fc.string(), size: fc.oneof(fc.nat(300), fc.constantFrom(16_383, 16_384, 100_000)) }), { maxLength: 8 }), (sizes) => {
      const list = sizes.map(({ userId, size }) => create(events.EventSchema, { userId, attributionToken: 'x'.repeat(size) }));
      const encoded = encodeEach(list);
      expect(encoded).toHaveLength(list.length);
      list.forEach((event, i) => expect(Buffer.compare(encoded[i]!, toBinary(events.EventSchema, event))).toBe(0));
    }));
  });
});
