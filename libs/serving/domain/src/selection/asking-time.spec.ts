import { describe, expect, it } from '@jest/globals';
import { askingTimeBefore } from './asking-time.js';

describe('the time for asking', () => {
  it('is the rest of a deadline, and a little when that has passed', () => {
    const soon = askingTimeBefore(performance.now() - 1000);
    expect(soon.isOver()).toBe(false);
  });
});
