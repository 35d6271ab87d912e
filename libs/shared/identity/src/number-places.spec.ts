import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NumberPlaces } from './number-places.js';

describe('NumberPlaces', () => {
  it('has each number once, in the order they came, and forgets all of it', () => {
    const number = fc.oneof(fc.nat(40), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.nat(40).map((n) => n * 4096));
    const places = new NumberPlaces();
    fc.assert(fc.property(fc.array(fc.array(number, { maxLength: 60 }), { minLength: 1, maxLength: 4 }), fc.array(number), (rounds, others) => {
      for (const numbers of rounds) {
        const model = [...new Set(numbers)];
        places.begin(model.length);
        expect(numbers.map((each) => places.add(each))).toEqual(numbers.map((each) => model.indexOf(each)));
        expect([...places.numbers]).toEqual(model);
        expect([places.size, ...[...numbers, ...others].map((each) => places.find(each))]).toEqual([model.length, ...[...numbers, ...others].map((each) => model.indexOf(each))]);
      }
    }));
  });

  it('finds nothing where nothing has room', () => {
    expect([new NumberPlaces().find(0), new NumberPlaces(1).find(7)]).toEqual([-1, -1]);
  });
});
