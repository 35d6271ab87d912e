import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_EPOCH, epochOf, positionOf, recordsBetween, sequenceOf } from './position.js';

const epochs = fc.integer({ min: 1, max: MAX_EPOCH });
const sequences = fc.integer({ min: 0, max: 2 ** 40 - 1 });

describe('positions', () => {
  it('are safe integers greater than 0 that give back what they were made of', () => {
    fc.assert(fc.property(epochs, sequences, (epoch, sequence) => {
      const position = positionOf(epoch, sequence);
      expect(Number.isSafeInteger(position)).toBe(true);
      expect(position).toBeGreaterThan(0);
      expect([epochOf(position), sequenceOf(position)]).toEqual([epoch, sequence]);
    }));
  });

  it('grow with the epoch first', () => {
    fc.assert(fc.property(epochs, sequences, sequences, (epoch, a, b) => {
      expect(positionOf(epoch + 1, a)).toBeGreaterThan(positionOf(epoch, b));
    }));
  });

  it('count records over epochs', () => {
    expect(recordsBetween(0, positionOf(1, 5))).toBe(5);
    expect(recordsBetween(positionOf(1, 5), positionOf(3, 9))).toBe(4);
    expect(recordsBetween(positionOf(3, 9), 0)).toBe(0);
  });
});
