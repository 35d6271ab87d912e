import { faultsOf, selects, type Cluster, type Workload } from '../cluster.ts';
import type { Fault } from '../manifest.ts';

type Autoscaler = Cluster['autoscalers'][number];
type Budget = Cluster['budgets'][number];

export const targets = ({ spec }: Autoscaler, { manifest }: Workload): boolean =>
  spec?.scaleTargetRef.kind === manifest.kind && spec.scaleTargetRef.name === manifest.metadata.name
  && spec.scaleTargetRef.apiVersion === manifest.apiVersion;

export const protects = ({ spec }: Budget, { podLabels }: Workload): boolean => spec?.selector !== undefined && selects(spec.selector, podLabels);

function autoscalerFaults(autoscaler: Autoscaler, { workloads }: Cluster): readonly Fault[] {
  const fault = faultsOf(autoscaler);
  const { minReplicas = 1, maxReplicas = 0, metrics = [] } = autoscaler.spec ?? {};
  const faults: Fault[] = [];
  if (!workloads.some((workload) => targets(autoscaler, workload))) faults.push(fault('spec.scaleTargetRef', 'targets no workload'));
  if (minReplicas < 1 || minReplicas > maxReplicas) faults.push(fault('spec.minReplicas', `${minReplicas} to ${maxReplicas} is no range`));
  if (metrics.length === 0) faults.push(fault('spec.metrics', 'missing'));
  return faults;
}

function budgetFaults(budget: Budget, { workloads }: Cluster): readonly Fault[] {
  const fault = faultsOf(budget);
  const protectedWorkloads = workloads.filter((workload) => protects(budget, workload));
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  const faults: Fault[] = [];
  if (protectedWorkloads.length !== 1) faults.push(fault('spec.selector', `selects the pods of ${protectedWorkloads.length} workloads, not of one`));
  if ((minAvailable === undefined) === (maxUnavailable === undefined)) faults.push(fault('spec', 'needs one of minAvailable and maxUnavailable'));
  if (maxUnavailable === 0 || maxUnavailable === '0%' || minAvailable === '100%') faults.push(fault('spec', 'lets no node be drained'));
  return faults;
}

function workloadFaults(workload: Workload, { autoscalers, budgets }: Cluster): readonly Fault[] {
  const fault = faultsOf(workload.manifest);
  const faults: Fault[] = [];
  const scaledBy = autoscalers.filter((autoscaler) => targets(autoscaler, workload)).length;
  if (workload.component !== 'engine' && scaledBy !== 1) faults.push(fault('', `needs one HorizontalPodAutoscaler; has ${scaledBy}`));
  if (scaledBy > 0 && workload.manifest.spec?.replicas !== undefined) {
    faults.push(fault('spec.replicas', 'must be left out: each apply would undo its autoscaler'));
  }
  const budgetCount = budgets.filter((budget) => protects(budget, workload)).length;
  if (budgetCount !== 1) faults.push(fault('', `needs one PodDisruptionBudget; has ${budgetCount}`));
  return faults;
}

/** Every service has one autoscaler, every workload one disruption budget, and none of them points nowhere. */
export function scaling(cluster: Cluster): readonly Fault[] {
  return [
    ...cluster.autoscalers.flatMap((autoscaler) => autoscalerFaults(autoscaler, cluster)),
    ...cluster.budgets.flatMap((budget) => budgetFaults(budget, cluster)),
    ...cluster.workloads.flatMap((workload) => workloadFaults(workload, cluster)),
  ];
}
