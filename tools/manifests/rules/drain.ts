import { containerPath, faultsOf, type Cluster } from '../cluster.ts';
import type { Fault } from '../manifest.ts';

/** Seconds that a service may take to finish what it has accepted, after its listener has closed. */
const drainSeconds = 10;

/** Every service leaves its clients' lists before it stops listening, and has time to finish what it has accepted. */
export function drain({ workloads }: Cluster): readonly Fault[] {
  return workloads.filter(({ component }) => component !== 'engine').flatMap((workload) => {
    const fault = faultsOf(workload.manifest);
    const grace = workload.pod.terminationGracePeriodSeconds ?? 30;
    return workload.pod.containers.flatMap((container) => {
      const wait = container.lifecycle?.preStop?.sleep?.seconds;
      if (wait === undefined) return [fault(`${containerPath(workload, container)}.lifecycle.preStop.sleep`, 'missing')];
      if (grace > wait + drainSeconds) return [];
      return [fault('spec.template.spec.terminationGracePeriodSeconds', `${grace} s leave no time to drain after ${wait} s of preStop`)];
    });
  });
}
