import { containerPath, faultsOf, type Cluster } from '../cluster.ts';
import type { Fault } from '../manifest.ts';

/** Every image names one version: a digest, or a tag other than `latest`. */
export function images({ workloads }: Cluster): readonly Fault[] {
  return workloads.flatMap((workload) => workload.containers.flatMap((container) => {
    const image = container.image ?? '';
    if (image.includes('@sha256:')) return [];
    const tag = /:([\w][\w.-]*)$/.exec(image)?.[1];
    if (tag !== undefined && tag !== 'latest') return [];
    return [faultsOf(workload.manifest)(`${containerPath(workload, container)}.image`, `'${image}' names no version: give it a tag other than latest`)];
  }));
}
