import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LossNotice } from './loss-notice.js';

let told: string[];
let notice: LossNotice;
beforeEach(() => {
  jest.useFakeTimers();
  told = [];
  const tell = (level: string) => (facts: object, message: string): void => { told.push(`${level} ${message.split(/[;.]/)[0]} ${String((facts as { err?: unknown }).err ?? '')}`.trim()); };
  notice = new LossNotice('t', { info: tell('info'), warn: tell('warn') }, 3000);
});
afterEach(() => { jest.useRealTimers(); });

const FOLLOWING = 'info Following the catalogue';
const LOST = 'warn Lost the feature store gone';

describe('LossNotice', () => {
  it('says nothing of a connection that ends and is there again within its patience', () => {
    for (let times = 0; times < 3; times++) {
      notice.found();
      notice.lost('gone');
      jest.advanceTimersByTime(2999);
    }
    notice.found();
    jest.advanceTimersByTime(10_000);
    expect(told).toEqual([FOLLOWING]);
  });

  it('says once that it is lost, with the first reason, and once that it is back', () => {
    notice.lost('never there');
    notice.found();
    for (const reason of ['gone', 'still gone']) {
      notice.lost(reason);
      jest.advanceTimersByTime(2000);
    }
    jest.advanceTimersByTime(10_000);
    notice.lost('still gone');
    jest.advanceTimersByTime(10_000);
    notice.found();
    notice.found();
    expect(told).toEqual([FOLLOWING, LOST, FOLLOWING]);
  });

  it('says nothing after it was stopped', () => {
    notice.found();
    notice.lost('gone');
    notice.stop();
    jest.advanceTimersByTime(10_000);
    expect(told).toEqual([FOLLOWING]);
  });
});
