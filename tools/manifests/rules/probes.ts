import type { IContainer } from 'kubernetes-models/v1/Container';
import { containerPath, containerPort, faultsOf, type Cluster, type Workload } from '../cluster.ts';
import type { Fault } from '../manifest.ts';

const handlers = ['httpGet', 'grpc', 'tcpSocket', 'exec'] as const;
const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const;

function probeFaults(workload: Workload, container: IContainer, kind: (typeof probes)[number]): readonly Fault[] {
  const fault = faultsOf(workload.manifest);
  const path = `${containerPath(workload, container)}.${kind}`;
  const probe = container[kind];
  if (!probe) return [fault(path, 'missing')];
  const named = handlers.filter((handler) => probe[handler] !== undefined);
  if (named.length !== 1) return [fault(path, `needs exactly one of ${handlers.join(', ')}; has ${named.length}`)];
  const port = probe.httpGet?.port ?? probe.grpc?.port ?? probe.tcpSocket?.port;
  if (port === undefined || containerPort(workload, port) !== undefined) return [];
  return [fault(`${path}.${named[0]}.port`, `no container port is called ${port}`)];
}

/** Services whose container speaks gRPC are asked by gRPC whether they are ready. */
function grpcFaults(workload: Workload, container: IContainer): readonly Fault[] {
  const speaksGrpc = container.ports?.some(({ name }) => name === 'grpc') ?? false;
  if (!speaksGrpc || !container.readinessProbe || container.readinessProbe.grpc) return [];
  return [faultsOf(workload.manifest)(`${containerPath(workload, container)}.readinessProbe`, 'a container with a grpc port needs a gRPC readiness probe')];
}

/** Every container that stays has a startup, a liveness and a readiness probe, each with one handler on a port that exists. */
export function probesOfContainers({ workloads }: Cluster): readonly Fault[] {
  return workloads.flatMap((workload) => workload.pod.containers.flatMap((container) => [
    ...probes.flatMap((kind) => probeFaults(workload, container, kind)),
    ...grpcFaults(workload, container),
  ]));
}
