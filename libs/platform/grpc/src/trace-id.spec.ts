import { describe, expect, it } from '@jest/globals';
import { Metadata } from '@grpc/grpc-js';
import fc from 'fast-check';
import { newTraceId, readTraceId, traceIdOf, validTraceId, writeTraceId } from './trace-id.js';

const id = '0af7651916cd43dd8448eb211c80319c';
const parent = 'b7ad6b7169203331';

describe('a trace id', () => {
  it.each([[`00-${id}-${parent}-01`], [`00-${id}-${parent}-00`], [`cc-${id}-${parent}-01`], [`cc-${id}-${parent}-01-what-comes-later`]])('is read from %s', (traceparent) => {
    expect(traceIdOf(traceparent)).toBe(id);
  });

  it.each([
    [undefined], [''], [id], [`00-${id}`], [`ff-${id}-${parent}-01`], [`00-${'0'.repeat(32)}-${parent}-01`], [`00-${id}-${'0'.repeat(16)}-01`], [`00-${id.toUpperCase()}-${parent}-01`],
    [`00-${id}-${parent}-01-more`], [`00-${id}-${parent}-01\n`], [`cc-${id}-${parent}-01.more`], [` 00-${id}-${parent}-01`],
  ])('is not read from %j', (traceparent) => {
    expect(traceIdOf(traceparent)).toBeUndefined();
  });

  it('arrives as it was sent', () => {
    const digits = fc.stringMatching(/^[0-9a-f]{16}$/);
    fc.assert(fc.property(fc.constantFrom('0'.repeat(16), '8448eb211c80319c'), digits, fc.boolean(), (half, other, swap) => {
      const sent = swap ? half + other : other + half;
      const metadata = new Metadata();
      writeTraceId(metadata, sent);
      expect(readTraceId(metadata)).toBe(/[^0]/.test(sent) ? sent : undefined);
    }));
  });

  it('may have dashes and capitals, and is no other text', () => {
    expect(validTraceId('0AF76519-16cd-43dd-8448-eb211c80319c')).toBe(id);
    for (const text of ['', 'x', '0'.repeat(32), `${id}0`]) expect(validTraceId(text)).toBeUndefined();
  });

  it('is a new one each time', () => {
    const ids = Array.from({ length: 1000 }, newTraceId);
    expect(new Set(ids.map(validTraceId)).size).toBe(1000);
  });
});
