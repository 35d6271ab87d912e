import { Random } from '../random.js';
import type { World } from '../world.js';
import { Aisles } from './aisles.js';
import { browse } from './browsing.js';
import { toEvent, type Identity, type ShopEvent } from './event.js';
import { Memory } from './memory.js';
import type { Shopper } from './shopper.js';
import { drawMission, Visit } from './visit.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Events of an average visit, to begin with; each day's visits are then planned by what the visits so far have given. */
const firstGuess = { events: 4_000, visits: 1_000 };

export interface HistoryOptions {
  /** About how many events in all, 40,000 by default. */
  readonly events?: number;
  /** Days before the world's now, 30 by default. */
  readonly days?: number;
}

/**
 * What the shoppers did over the last days without any recommender. `events()` yields events in strictly increasing event time, all
 * before the world's now, a day at a time; the same world and options give the same events. Once they have been read, `memoryOf` is
 * each shopper's state at the world's now.
 */
export class History {
  private readonly memories: readonly Memory[];
  private readonly busyUntil: Float64Array;
  private readonly aisles: Aisles;
  private readonly activity: number;
  private readonly days: number;
  private readonly target: number;
  private simulated = { events: 0, visits: 0 };

  constructor(private readonly world: World, { events = 40_000, days = 30 }: HistoryOptions = {}) {
    this.memories = world.shoppers.map(() => new Memory());
    this.busyUntil = new Float64Array(world.shoppers.length);
    this.aisles = new Aisles(world.catalogue);
    this.days = days;
    this.target = events;
    this.activity = world.shoppers.reduce((sum, shopper) => sum + shopper.activity, 0);
  }

  memoryOf(shopper: Shopper): Memory {
    return this.memories[shopper.index]!;
  }

  *events(): Generator<ShopEvent> {
    const { now } = this.world;
    let last = 0;
    let pending: Timed[] = [];
    for (let day = 0; day < this.days; day += 1) {
      const end = now - (this.days - day - 1) * DAY;
      const visits = this.visitsNeeded(this.days - day) / this.activity;
      for (const shopper of this.world.shoppers) this.simulateDay(shopper, day, { start: end - DAY, visits: visits * shopper.activity }, pending);
      pending.sort((a, b) => a.time - b.time);
      const ready = day === this.days - 1 ? pending : pending.filter(({ time }) => time < end);
      pending = pending.slice(ready.length);
      for (const { time, event } of ready) {
        const eventTime = Math.max(time, last + 1);
        if (eventTime >= now) return;
        last = eventTime;
        yield eventTime === time ? event : { ...event, eventTime: new Date(eventTime).toISOString() };
      }
    }
  }

  /** Visits of all shoppers on a day, so that the days left give the events that are still missing. */
  private visitsNeeded(daysLeft: number): number {
    const { events, visits } = this.simulated;
    const eventsPerVisit = (firstGuess.events + events) / (firstGuess.visits + visits);
    return Math.max(0, this.target - events) / daysLeft / eventsPerVisit;
  }

  private simulateDay(shopper: Shopper, day: number, { start, visits }: { readonly start: number; readonly visits: number }, into: Timed[]): void {
    const random = new Random(this.world.seed, 4, shopper.index, day);
    const times = Array.from({ length: random.poisson(visits) }, () => start + drawTimeOfDay(start, random)).sort((a, b) => a - b);
    for (const [n, time] of times.entries()) this.simulateVisit(shopper, [shopper.index, day, n], Math.max(time, this.busyUntil[shopper.index]! + 10 * MINUTE), random, into);
  }

  private simulateVisit(shopper: Shopper, key: readonly number[], start: number, random: Random, into: Timed[]): void {
    const { now, seed } = this.world;
    if (start >= now) return;
    const memory = this.memories[shopper.index]!;
    const visit = new Visit(shopper, memory, drawMission(shopper, memory, start, random), random, start);
    const sessionId = `s-${key.join('-')}`;
    const logsInAfter = drawLogin(shopper, random);
    let count = 0;
    for (const action of browse(visit, this.aisles, random)) {
      if (action.time >= now) break;
      const event = toEvent(action, identify(shopper, sessionId, count >= logsInAfter), [seed, ...key, count]);
      into.push({ time: action.time, event });
      count += 1;
    }
    this.busyUntil[shopper.index] = visit.time;
    this.simulated = { events: this.simulated.events + count, visits: this.simulated.visits + 1 };
  }
}

interface Timed {
  readonly time: number;
  readonly event: ShopEvent;
}

/** After how many actions a shopper logs in: at once, after a while, or not in this visit. */
export function drawLogin(shopper: Shopper, random: Random): number {
  if (shopper.userId === undefined) return Number.POSITIVE_INFINITY;
  if (!random.chance(0.12)) return 0;
  return random.chance(0.6) ? 2 + random.int(4) : Number.POSITIVE_INFINITY;
}

/** How the platform sees a shopper who is logged in or not. */
export function identify(shopper: Shopper, sessionId: string, isLoggedIn: boolean): Identity {
  const { userId, anonymousId, device } = shopper;
  return isLoggedIn && userId !== undefined ? { userId, sessionId, device } : { anonymousId, sessionId, device };
}

/** Milliseconds after `start`: evenings are busy, nights are quiet (UTC). */
function drawTimeOfDay(start: number, random: Random): number {
  for (;;) {
    const offset = random.next() * DAY;
    const hour = ((start + offset) % DAY) / HOUR;
    if (random.chance(0.55 - 0.45 * Math.cos((2 * Math.PI * (hour - 4)) / 24))) return Math.floor(offset);
  }
}
