import { createRegistry } from '@serendip/platform-telemetry';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { LiveReport } from './live-report.js';

const counts = {
  visits: 'Visits that began.',
  abandoned: 'Visits that ended because the gateway did not answer.',
  recommendations: 'Lists shown.',
  failedRecommendations: 'Requests for a list that failed for good.',
  degraded: 'Lists with something left out.',
  events: 'Events accepted.',
  failedEvents: 'Events that failed for good.',
  realisedReward: "What shoppers did with the lists, in clicks' worth.",
} as const;

/** The figures of the report as Prometheus metrics, read when they are scraped. */
export function liveMetrics(report: () => LiveReport): Registry {
  const registry = createRegistry('simulator');
  for (const [name, help] of Object.entries(counts) as [keyof typeof counts, string][]) {
    const counter = new Counter({
      name: `serendip_simulator_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_total`, help, registers: [registry],
      collect() {
        counter.reset();
        counter.inc(report()[name]);
      },
    });
  }
  const share = new Gauge({
    name: 'serendip_simulator_oracle_share', help: "Expected reward of the lists shown over the oracle's, by placement.", labelNames: ['placement'], registers: [registry],
    collect() {
      for (const [placement, { share: value }] of Object.entries(report().byPlacement)) if (value !== undefined) share.set({ placement }, value);
    },
  });
  return registry;
}
