import { behind, containerPort, faultsOf, selects, type Cluster, type Workload } from '../cluster.ts';
import type { Fault } from '../manifest.ts';

type Service = Cluster['services'][number];

const isHeadless = (service: Service): boolean => service.spec?.clusterIP === 'None';

function serviceFaults(service: Service, cluster: Cluster): readonly Fault[] {
  const fault = faultsOf(service);
  const targets = behind(service, cluster);
  if (targets.length === 0) return [fault('spec.selector', 'selects no pod')];
  return (service.spec?.ports ?? []).flatMap(({ port, targetPort = port }, index) => targets.flatMap((workload) => {
    const number = containerPort(workload, targetPort);
    const path = `spec.ports.${index}.targetPort`;
    if (number === undefined) return [fault(path, `no container of ${workload.name} has a port ${targetPort}`)];
    if (isHeadless(service) && number !== port) return [fault(path, `a headless Service maps no ports: ${port} is not ${number}`)];
    return [];
  }));
}

function workloadFaults(workload: Workload, cluster: Cluster): readonly Fault[] {
  const fault = faultsOf(workload.manifest);
  const headless = cluster.services.filter((service) => isHeadless(service) && behind(service, cluster).includes(workload));
  const faults: Fault[] = [];
  if (headless.length === 0) faults.push(fault('', 'no headless Service selects its pods'));
  const ports = headless.flatMap(({ spec }) => (spec?.ports ?? []).map(({ port }) => port));
  for (const { name, containerPort: port } of workload.containers.flatMap((container) => container.ports ?? [])) {
    if (headless.length > 0 && !ports.includes(port)) faults.push(fault('', `its headless Service lacks the port ${name ?? port}`));
  }
  const spec = workload.manifest.spec;
  if (!selects(spec?.selector ?? {}, workload.podLabels)) faults.push(fault('spec.selector', 'does not select its own pods'));
  if (workload.manifest.kind === 'StatefulSet' && !headless.some(({ metadata }) => metadata.name === (spec as { serviceName?: string }).serviceName)) {
    faults.push(fault('spec.serviceName', 'names no headless Service of these pods'));
  }
  return faults;
}

/** Every workload has a headless Service with all its ports, and every Service selects pods that have its ports. */
export function services(cluster: Cluster): readonly Fault[] {
  return [
    ...cluster.services.flatMap((service) => serviceFaults(service, cluster)),
    ...cluster.workloads.flatMap((workload) => workloadFaults(workload, cluster)),
  ];
}
