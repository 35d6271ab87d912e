import { describe, expect, it } from '@jest/globals';
import { CircuitBreaker, type Schedule } from './circuit-breaker.js';

/** A breaker over a peer whose life the test decides, with a clock that the test moves. */
function setUp() {
  let now = 0;
  let timers: { at: number; work: () => void }[] = [];
  const schedule: Schedule = (work, ms) => {
    const timer = { at: now + ms, work };
    timers.push(timer);
    return () => void (timers = timers.filter((other) => other !== timer));
  };
  const peer = { alive: false, probes: 0 };
  const probe = async (): Promise<boolean> => (peer.probes++, peer.alive);
  const breaker = new CircuitBreaker({ probe, schedule });
  const advance = async (ms: number): Promise<void> => {
    for (now += ms; timers.some(({ at }) => at <= now);) {
      const due = timers.find(({ at }) => at <= now)!;
      timers = timers.filter((timer) => timer !== due);
      due.work();
      await Promise.resolve().then(() => undefined);
    }
  };
  const fail = (times: number): void => {
    for (let i = 0; i < times; i++) breaker.failure();
  };
  return { breaker, peer, advance, fail, timers: () => timers.length };
}

describe('CircuitBreaker', () => {
  it('opens after five failures in a row', () => {
    const { breaker, fail } = setUp();
    fail(4);
    expect(breaker.isOpen).toBe(false);
    fail(1);
    expect(breaker.isOpen).toBe(true);
  });

  it('starts counting again after a success', () => {
    const { breaker, fail } = setUp();
    fail(4);
    breaker.success();
    fail(4);
    expect(breaker.isOpen).toBe(false);
  });

  it('asks at once, then every 250 ms, until the peer lives', async () => {
    const { breaker, peer, advance, fail } = setUp();
    fail(5);
    await advance(0);
    expect(peer.probes).toBe(1);
    for (let i = 0; i < 3; i++) await advance(250);
    expect(peer.probes).toBe(4);
    expect(breaker.isOpen).toBe(true);
    peer.alive = true;
    await advance(250);
    expect(breaker.isOpen).toBe(false);
  });

  it('opens again at the first failure of a peer that lives and does not serve, and gives it a rest', async () => {
    const { breaker, peer, advance, fail } = setUp();
    peer.alive = true;
    fail(5);
    await advance(0);
    expect(breaker.isOpen).toBe(false);
    fail(1);
    expect(breaker.isOpen).toBe(true);
    await advance(249);
    expect(breaker.isOpen).toBe(true);
    await advance(1);
    expect(breaker.isOpen).toBe(false);
  });

  it('is closed by the first success after that', async () => {
    const { breaker, peer, advance, fail } = setUp();
    peer.alive = true;
    fail(5);
    await advance(0);
    breaker.success();
    fail(4);
    expect(breaker.isOpen).toBe(false);
  });

  it('is closed by a late answer', () => {
    const { breaker, fail } = setUp();
    fail(5);
    breaker.success();
    expect(breaker.isOpen).toBe(false);
  });

  it('tells who waits when a probe has ended, whatever it found', async () => {
    const { breaker, peer, advance, fail } = setUp();
    const words: boolean[] = [];
    const listen = (): void => void breaker.nextWord().then(() => words.push(breaker.isOpen));
    fail(5);
    listen();
    expect(words).toEqual([]);
    await advance(0);
    expect(words).toEqual([true]);
    peer.alive = true;
    listen();
    await advance(250);
    expect(words).toEqual([true, false]);
    listen();
    await advance(0);
    await Promise.resolve();
    expect(words).toEqual([true, false, false]);
  });

  it('leaves no timer behind', async () => {
    const { breaker, advance, fail, timers } = setUp();
    fail(5);
    await advance(0);
    breaker.dispose();
    fail(5);
    expect(timers()).toBe(0);
    expect(breaker.isOpen).toBe(false);
  });
});
