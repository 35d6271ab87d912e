import { Registry, collectDefaultMetrics } from 'prom-client';

/** A look at the event loop's delay wakes the process: at 10 ms, the default, that was nearly all that an idle one did. The delays that are told include it. */
const EVENT_LOOP_LOOK_MS = 200;

/** The metrics of one process: its own, and Node's, each labelled with the service. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, prefix: 'serendip_', eventLoopMonitoringPrecision: EVENT_LOOP_LOOK_MS });
  return registry;
}
