import { describe, expect, it } from '@jest/globals';
import { DURABILITIES, requireDurability } from './require-durability.js';

const refused = (demanded: (typeof DURABILITIES)[number]): readonly string[] => DURABILITIES.filter((durability) => {
  try {
    requireDurability({ durability }, demanded);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'DURABILITY_NOT_GIVEN', message: expect.stringContaining(`'${durability}', and '${demanded}'`) });
    return true;
  }
});

describe('a demanded durability', () => {
  it('refuses every log that gives less, and no other', () => {
    expect(refused('process')).toEqual([]);
    expect(refused('disk')).toEqual(['process']);
    expect(refused('replicated')).toEqual(['process', 'disk']);
  });
});
