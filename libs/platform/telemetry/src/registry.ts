import { Registry, collectDefaultMetrics } from 'prom-client';

/** The metrics of one process: its own, and Node's, each labelled with the service. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, prefix: 'serendip_' });
  return registry;
}
