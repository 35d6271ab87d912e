import { describe, expect, it } from '@jest/globals';
import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { encodeUserStates } from './encode-user-states.js';
import { ReadUserStatesResponseSchema } from './generated/serendip/features/v1/feature_store_service_pb.js';

const result = fc.record({
  status: fc.constantFrom(0, 1, 2, 3), record: fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 16_300, maxLength: 16_500 })),
  ageMs: fc.oneof(fc.constantFrom(0, -0, Infinity), fc.double()), mergedInto: fc.string({ unit: 'grapheme', maxLength: 200 }),
});

describe('encodeUserStates', () => {
  it('writes what protobuf writes', () => {
    fc.assert(fc.property(fc.array(result, { maxLength: 5 }), (results) => {
      const expected = toBinary(ReadUserStatesResponseSchema, create(ReadUserStatesResponseSchema, { results }));
      expect(Buffer.compare(encodeUserStates(results), expected)).toBe(0);
    }));
  });
});
