import type { IContainer } from 'kubernetes-models/v1/Container';
import { containerPath, faultsOf, type Cluster, type Workload } from '../cluster.ts';
import type { Fault } from '../manifest.ts';

const units: Readonly<Record<string, number>> = {
  '': 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/** Value of a Kubernetes quantity (`500m`, `2Gi`), or NaN. */
export function quantity(text: string | number): number {
  const [, number, unit] = /^([\d.]+)([a-zA-Z]*)$/.exec(String(text)) ?? [];
  return Number(number) * (units[unit ?? ''] ?? NaN);
}

function containerFaults(workload: Workload, container: IContainer): readonly Fault[] {
  const fault = faultsOf(workload.manifest);
  const path = `${containerPath(workload, container)}.resources`;
  const { requests = {}, limits = {} } = container.resources ?? {};
  return ['cpu', 'memory'].flatMap((resource) => {
    const request = requests[resource];
    const limit = limits[resource];
    if (request === undefined) return [fault(`${path}.requests.${resource}`, 'missing')];
    if (limit === undefined) return [fault(`${path}.limits.${resource}`, 'missing')];
    if (quantity(request) <= quantity(limit)) return [];
    return [fault(`${path}.requests.${resource}`, `${request} is more than the limit ${limit}`)];
  });
}

/** Every container requests and limits processor and memory, and requests no more than its limit. */
export function resources({ workloads }: Cluster): readonly Fault[] {
  return workloads.flatMap((workload) => workload.containers.flatMap((container) => containerFaults(workload, container)));
}
