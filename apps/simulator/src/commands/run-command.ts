import { GatewayClient } from '@serendip/platform-gateway-client';
import { createLogger } from '@serendip/platform-logging';
import { startAdminServer } from '@serendip/platform-telemetry';
import { Command } from 'commander';
import { liveMetrics } from '../live/live-metrics.js';
import type { LiveReport } from '../live/live-report.js';
import { LiveTraffic, type LiveOptions } from '../live/live-traffic.js';
import { readSeedState } from '../seeding/seed-state.js';
import { History } from '../shoppers/history.js';
import { World } from '../world.js';
import { flags, number, whole } from './flags.js';

interface RunFlags {
  readonly gateway: readonly string[];
  readonly key: string;
  readonly rate: number;
  readonly pace: number;
  readonly judged: number;
  readonly limit: number;
  readonly atOnce: number;
  readonly visits?: number;
  readonly seconds?: number;
  readonly every: number;
  readonly metricsPort?: number;
  readonly seed: number;
  readonly products: number;
  readonly shoppers: number;
  readonly state: string;
  readonly json: boolean;
}

/** `simulator run` */
export function runCommand(): Command {
  return new Command('run')
    .description('Sends shoppers to a seeded gateway: they ask for recommendations, react to them, and their reward is compared with the best possible. Ctrl-C stops it.')
    .addOption(flags.gateway())
    .addOption(flags.key('a publishable or secret key'))
    .option('--rate <n>', 'visits that begin in a second', number(0.001, 10_000), 0.2)
    .option('--pace <n>', 'how long shoppers take: 1 as in life, 0 as fast as the gateway answers', number(0, 10), 1)
    .option('--judged <share>', "share of the lists that are compared with the oracle's", number(0, 1), 1)
    .option('--limit <n>', 'items on a recommended list', whole(1, 200), 12)
    .option('--at-once <n>', 'visits at the same time at most; arrivals wait', whole(1), 500)
    .option('--visits <n>', 'stop after so many visits', whole(1))
    .option('--seconds <n>', 'stop after so many seconds', number(0.1))
    .option('--every <seconds>', 'report so often', number(1), 10)
    .option('--metrics-port <port>', 'serve /metrics, /healthz and /readyz there', whole(0, 65_535))
    .addOption(flags.seed()).addOption(flags.products()).addOption(flags.shoppers()).addOption(flags.state()).addOption(flags.json())
    .action(async (given: RunFlags) => {
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
      if (given.seconds !== undefined) setTimeout(() => stop.abort(), given.seconds * 1_000).unref();
      const traffic = new LiveTraffic({ ...whoComes(given), client: new GatewayClient({ gateways: given.gateway, key: given.key }), rate: given.rate, pace: given.pace, judged: given.judged, length: given.limit, mostVisits: given.atOnce, onFailure: complainer() });
      const report = (): LiveReport => traffic.tally.report();
      const admin = given.metricsPort === undefined ? undefined : await startAdminServer({
        host: '127.0.0.1', port: given.metricsPort, registry: liveMetrics(report), readiness: () => [{ name: 'shoppers', ready: true }], logger: createLogger('simulator'),
      });
      const timer = setInterval(() => say(report(), given), given.every * 1_000);
      const last = await traffic.run(stop.signal, given.visits);
      clearInterval(timer);
      await admin?.close();
      say(last, given);
    });
}

/** The world as it was seeded, with its shoppers' memories; a new one with the given seed when nothing was. */
function whoComes({ state: file, seed, products, shoppers }: RunFlags): Pick<LiveOptions, 'world' | 'memoryOf'> {
  const state = readSeedState(file);
  if (state === undefined) return { world: new World({ seed, products, shoppers, now: Date.now() }) };
  const world = new World(state);
  const history = new History(world, state);
  for (const _ of history.events());
  return { world, memoryOf: (shopper) => history.memoryOf(shopper) };
}

/** Writes a failure to stderr, the same one at most every half minute. */
function complainer(): (error: unknown) => void {
  const lastSaid = new Map<string, number>();
  return (error) => {
    const message = error instanceof Error ? error.message : String(error);
    if (Date.now() - (lastSaid.get(message) ?? 0) < 30_000) return;
    lastSaid.set(message, Date.now());
    process.stderr.write(`✗ A visit was abandoned: ${message}\n`);
  };
}

function say(report: LiveReport, { json }: RunFlags): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  const { seconds, visits, recommendations, events, failedRecommendations, failedEvents, share, degraded } = report;
  const failed = failedRecommendations + failedEvents;
  process.stdout.write(`${seconds.toFixed(0).padStart(6)} s  ${visits} visits, ${recommendations} lists, ${events} events${failed > 0 ? `, ${failed} failed` : ''}${degraded > 0 ? `, ${degraded} degraded` : ''}${share === undefined ? '' : `; ${(100 * share).toFixed(1)} % of the best possible reward`}\n`);
}
