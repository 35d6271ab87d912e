import type { GatewayClient } from '@serendip/platform-gateway-client';
import { hash32, Random } from '../random.js';
import { Aisles } from '../shoppers/aisles.js';
import { Memory } from '../shoppers/memory.js';
import type { Shopper } from '../shoppers/shopper.js';
import type { World } from '../world.js';
import { LiveTally, type LiveReport } from './live-report.js';
import { LiveVisit } from './live-visit.js';
import { pause } from './pause.js';

export interface LiveOptions {
  readonly world: World;
  readonly client: GatewayClient;
  /** Visits that begin in a second, on average. */
  readonly rate: number;
  /** How long shoppers take: 1 as in life (default), 0 as fast as the gateway answers. */
  readonly pace?: number;
  /** Share of the lists that are compared with the oracle's, 1 by default; each costs a few milliseconds. */
  readonly judged?: number;
  /** Items on a recommended list, 12 by default; a long one is read further down by some. */
  readonly length?: number;
  /** Visits at the same time at most, 500 by default; who comes later waits. */
  readonly mostVisits?: number;
  /** What shoppers did before; nothing by default. */
  readonly memoryOf?: (shopper: Shopper) => Memory;
  /** Told why each abandoned visit ended. */
  readonly onFailure?: (error: unknown) => void;
  /** Epoch milliseconds, the system clock by default. */
  readonly clock?: () => number;
}

/** Shoppers who come to a running gateway, are shown its recommendations and react to them by the click model. */
export class LiveTraffic {
  readonly tally = new LiveTally();
  private readonly memories = new Map<Shopper, Memory>();
  private readonly here = new Set<Shopper>();
  private readonly activity: Float64Array;
  private readonly random: Random;
  private readonly aisles: Aisles;
  private readonly clock: () => number;
  private readonly start: number;

  constructor(private readonly options: LiveOptions) {
    const { world, clock = Date.now } = options;
    this.clock = clock;
    this.start = clock();
    this.random = new Random(world.seed, hash32(this.start / 1_000, this.start));
    this.aisles = new Aisles(world.catalogue);
    this.activity = Float64Array.from(world.shoppers, ({ activity }) => activity);
  }

  /** Runs until the signal is aborted or `visits` have begun; the visits under way then end at their next step. */
  async run(signal: AbortSignal, visits = Number.POSITIVE_INFINITY): Promise<LiveReport> {
    const underWay = new Set<Promise<void>>();
    const { rate, mostVisits = 500 } = this.options;
    for (let n = 0; n < visits && !signal.aborted; n += 1) {
      await pause((-Math.log(1 - this.random.next()) * 1_000) / rate, signal);
      if (signal.aborted) break;
      while (underWay.size >= mostVisits && !signal.aborted) await Promise.race([...underWay, pause(1_000, signal)]);
      const visit = this.visit(n, signal).finally(() => underWay.delete(visit));
      underWay.add(visit);
    }
    await Promise.all(underWay);
    return this.tally.report();
  }

  private async visit(n: number, signal: AbortSignal): Promise<void> {
    const shopper = this.drawShopper();
    if (shopper === undefined) return;
    this.here.add(shopper);
    this.tally.visits += 1;
    const { world, client, pace = 1, judged = 1, length = 12 } = this.options;
    const random = new Random(world.seed, this.start / 1_000, n);
    try {
      await new LiveVisit({
        world, client, tally: this.tally, aisles: this.aisles, clock: this.clock, pace, judged, length, signal, shopper, random, memory: this.memoryOf(shopper),
        key: [Math.floor(this.start / 1_000), this.start % 1_000, n],
      }).run();
    } catch (error) {
      if (signal.aborted) return;
      this.tally.abandoned += 1;
      this.options.onFailure?.(error);
    } finally {
      this.here.delete(shopper);
    }
  }

  /** Someone who is not here already; undefined when everybody is. */
  private drawShopper(): Shopper | undefined {
    const { shoppers } = this.options.world;
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const shopper = shoppers[this.random.weighted(this.activity)];
      if (shopper !== undefined && !this.here.has(shopper)) return shopper;
    }
    return undefined;
  }

  private memoryOf(shopper: Shopper): Memory {
    const known = this.memories.get(shopper);
    if (known !== undefined) return known;
    const memory = this.options.memoryOf?.(shopper) ?? new Memory();
    this.memories.set(shopper, memory);
    return memory;
  }
}
