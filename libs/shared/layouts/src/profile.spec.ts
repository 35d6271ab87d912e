import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeProfile, profileAttribute, type ProfileValue } from './index.js';

const value: fc.Arbitrary<ProfileValue> = fc.oneof(fc.string({ unit: 'grapheme' }), fc.double(), fc.boolean(), fc.array(fc.string({ maxLength: 300 }), { maxLength: 4 }));
const attributes = fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1 }), value, { maxKeys: 8 });

describe('a profile', () => {
  it('says what was written under each name, and nothing under another', () => {
    fc.assert(fc.property(attributes, fc.nat(20), (written, shift) => {
      const bytes = encodeProfile(written);
      const moved = new Uint8Array(bytes.length + shift);
      moved.set(bytes, shift);
      for (const [name, wanted] of Object.entries(written)) expect(profileAttribute(moved.subarray(shift), name)).toEqual(wanted);
      expect(profileAttribute(moved.subarray(shift), 'no such name at all')).toBeUndefined();
    }));
  });

  it('that is empty says nothing', () => {
    expect(profileAttribute(new Uint8Array(0), 'age')).toBeUndefined();
  });

  it('that is cut short or no message is refused', () => {
    const bytes = encodeProfile({ age: 42, city: 'Oslo' });
    for (let length = 1; length < bytes.length; length++) {
      if (length === encodeProfile({ age: 42 }).length) continue;
      expect(() => profileAttribute(bytes.subarray(0, length), 'age')).toThrow(RangeError);
    }
    expect(() => profileAttribute(Uint8Array.of(0x0b), 'age')).toThrow(RangeError);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
      try {
        profileAttribute(noise, 'age');
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }));
  });
});
