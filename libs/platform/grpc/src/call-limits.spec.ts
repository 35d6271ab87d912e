import { describe, expect, it } from '@jest/globals';
import { deadlineOf, mostTimerMs, timeLeft } from './call-limits.js';

const context = (deadlineMs: number) => ({ deadlineMs, signal: new AbortController().signal, traceId: '' });

describe('deadlineOf', () => {
  it.each([
    ['the default when nothing is given', {}, 1_200],
    ['a timeout instead of the default', { timeoutMs: 5_000 }, 5_200],
    ['a deadline instead of the default', { deadlineMs: 9_000 }, 9_000],
    ['the earlier of timeout and deadline', { timeoutMs: 5_000, deadlineMs: 900 }, 900],
    ['the context when it ends first', { timeoutMs: 5_000, context: context(700) }, 700],
    ['the default under a context that never ends', { context: context(Infinity) }, 1_200],
    ['the default under a context that ends later', { context: context(9_000) }, 1_200],
  ])('is %s', (_, options, expected) => {
    expect(deadlineOf(options, 1_000, 200)).toBe(expected);
  });
});

describe('timeLeft', () => {
  it.each([
    ['what is left', 1_200, 1_000], ['whole milliseconds, more rather than less', 200.4, 1], ['1 ms when it has passed', 100, 1],
    ['the most that timers count', 200 + mostTimerMs, mostTimerMs], ['without end beyond that', 201 + mostTimerMs, 0], ['without end for never', Infinity, 0],
  ])('is %s', (_, deadlineMs, expected) => {
    expect(timeLeft(deadlineMs, 200)).toBe(expected);
  });
});
