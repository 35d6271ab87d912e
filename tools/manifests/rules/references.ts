import type { IContainer } from 'kubernetes-models/v1/Container';
import { containerPath, faultsOf, type Cluster, type Workload } from '../cluster.ts';
import { dataOf } from '../environment.ts';
import { nameOf, type Fault } from '../manifest.ts';

function environmentFaults(workload: Workload, container: IContainer, cluster: Cluster): readonly Fault[] {
  const fault = faultsOf(workload.manifest);
  const path = containerPath(workload, container);
  const faults: Fault[] = [];
  container.envFrom?.forEach(({ configMapRef, secretRef }, index) => {
    const kind = configMapRef ? 'ConfigMap' : 'Secret';
    const { name, optional } = configMapRef ?? secretRef ?? {};
    if (!optional && !dataOf(cluster, kind, name)) faults.push(fault(`${path}.envFrom.${index}`, `there is no ${kind} ${name}`));
  });
  container.env?.forEach(({ valueFrom }, index) => {
    const reference = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef;
    if (!reference || reference.optional) return;
    const kind = valueFrom?.configMapKeyRef ? 'ConfigMap' : 'Secret';
    const data = dataOf(cluster, kind, reference.name);
    if (data?.[reference.key] !== undefined) return;
    faults.push(fault(`${path}.env.${index}`, data ? `${kind} ${reference.name} has no key ${reference.key}` : `there is no ${kind} ${reference.name}`));
  });
  return faults;
}

function volumeFaults(workload: Workload, cluster: Cluster): readonly Fault[] {
  const fault = faultsOf(workload.manifest);
  const exists = (kind: string, name: string | undefined) => cluster.manifests.some((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  const claims = (workload.manifest.spec as { volumeClaimTemplates?: readonly { metadata?: { name?: string } }[] }).volumeClaimTemplates ?? [];
  const volumes = [...(workload.pod.volumes ?? []).map(({ name }) => name), ...claims.map(({ metadata }) => metadata?.name)];
  const faults: Fault[] = [];
  workload.pod.volumes?.forEach(({ persistentVolumeClaim, configMap, secret }, index) => {
    const path = `spec.template.spec.volumes.${index}`;
    if (persistentVolumeClaim && !exists('PersistentVolumeClaim', persistentVolumeClaim.claimName)) {
      faults.push(fault(path, `there is no PersistentVolumeClaim ${persistentVolumeClaim.claimName}`));
    }
    if (configMap && !configMap.optional && !exists('ConfigMap', configMap.name)) faults.push(fault(path, `there is no ConfigMap ${configMap.name}`));
    if (secret && !secret.optional && !exists('Secret', secret.secretName)) faults.push(fault(path, `there is no Secret ${secret.secretName}`));
  });
  for (const container of workload.containers) container.volumeMounts?.forEach(({ name }, index) => {
    if (!volumes.includes(name)) faults.push(fault(`${containerPath(workload, container)}.volumeMounts.${index}`, `there is no volume ${name}`));
  });
  return faults;
}

/** What a workload refers to by name exists: configuration, secrets and their keys, volumes, claims, its account. */
export function references(cluster: Cluster): readonly Fault[] {
  return cluster.workloads.flatMap((workload) => {
    const account = workload.pod.serviceAccountName;
    const known = cluster.manifests.some((manifest) => nameOf(manifest) === `ServiceAccount/${account}`);
    return [
      ...workload.containers.flatMap((container) => environmentFaults(workload, container, cluster)),
      ...volumeFaults(workload, cluster),
      ...(account === undefined || known ? [] : [faultsOf(workload.manifest)('spec.template.spec.serviceAccountName', `there is no ServiceAccount ${account}`)]),
    ];
  });
}
