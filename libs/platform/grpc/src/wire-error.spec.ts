import { describe, expect, it } from '@jest/globals';
import { DomainError } from '@serendip/shared-errors';
import fc from 'fast-check';
import { fromStatus, toWireStatus } from './wire-error.js';

const travel = (error: unknown): DomainError => fromStatus(toWireStatus(error, 'abc'), 'A/B at c');

describe('errors on the wire', () => {
  it('arrive as they left', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 });
    fc.assert(fc.property(text, fc.dictionary(text, text, { maxKeys: 5 }), (message, metadata) => {
      const arrived = travel(new DomainError('NOT_FOUND', 'ITEM_UNKNOWN', message, { metadata }));
      expect(arrived).toMatchObject({ code: 'NOT_FOUND', reason: 'ITEM_UNKNOWN', message });
      expect(arrived.metadata).toEqual({ ...metadata });
    }));
  });

  it('can always be sent', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), fc.string({ unit: 'binary' }), (message, reason) => {
      const { details, metadata } = toWireStatus(new DomainError('ABORTED', reason, message, { metadata: { big: message.repeat(9) } }), 'abc');
      expect(() => encodeURI(details)).not.toThrow();
      expect(() => metadata.toHttp2Headers()).not.toThrow();
      expect(details.length).toBeLessThanOrEqual(1024);
    }));
  });

  it('say nothing of what nobody foresaw but the trace id', () => {
    const arrived = travel(new TypeError('password of db is x'));
    expect(arrived).toMatchObject({ code: 'INTERNAL', reason: 'INTERNAL_ERROR', metadata: { traceId: 'abc' } });
    expect(JSON.stringify([arrived, arrived.message])).not.toContain('password');
  });
});
