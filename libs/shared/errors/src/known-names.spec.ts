import { describe, expect, it } from '@jest/globals';
import { knownNames } from './index.js';

describe('known names', () => {
  it.each([
    [0, 'There is none yet.'], [2, 'Known: n1, n2.'], [10, 'Known: n1, n2, n3, n4, n5, n6, n7, n8, n9, n10.'], [12, 'Known: n1, n2, n3, n4, n5, n6, n7, n8, n9, n10 and 2 more.'],
  ])('are named when there are %d', (count, sentence) => {
    expect(knownNames(Array.from({ length: count }, (_, i) => `n${i + 1}`))).toBe(sentence);
  });
});
