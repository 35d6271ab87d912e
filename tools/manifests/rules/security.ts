import type { IContainer } from 'kubernetes-models/v1/Container';
import { containerPath, faultsOf, type Cluster, type Workload } from '../cluster.ts';
import type { Fault } from '../manifest.ts';

/** Pod annotation that says why a pod needs the node's process ids. */
export const hostPidAnnotation = 'serendip/host-pid';

function podFaults(workload: Workload): readonly Fault[] {
  const fault = faultsOf(workload.manifest);
  const { pod } = workload;
  const path = 'spec.template.spec';
  const reason = workload.manifest.spec?.template.metadata?.annotations?.[hostPidAnnotation];
  const required: readonly (readonly [boolean, string, string])[] = [
    [pod.securityContext?.runAsNonRoot === true, `${path}.securityContext.runAsNonRoot`, 'must be true'],
    [(pod.securityContext?.runAsUser ?? 0) > 0, `${path}.securityContext.runAsUser`, 'must be a user other than 0'],
    [pod.securityContext?.seccompProfile?.type === 'RuntimeDefault', `${path}.securityContext.seccompProfile`, 'must be RuntimeDefault'],
    [pod.automountServiceAccountToken === false, `${path}.automountServiceAccountToken`, 'must be false'],
    [pod.serviceAccountName !== undefined, `${path}.serviceAccountName`, 'missing: the default account is shared'],
    [pod.hostNetwork !== true && pod.hostIPC !== true, path, 'must not share the network or IPC of its node'],
    [pod.hostPID !== true || Boolean(reason), `${path}.hostPID`, `needs its reason in the pod annotation ${hostPidAnnotation}`],
    [!pod.volumes?.some(({ hostPath }) => hostPath), `${path}.volumes`, 'must not mount a path of the node'],
  ];
  return required.filter(([holds]) => !holds).map(([, where, why]) => fault(where, why));
}

function containerFaults(workload: Workload, container: IContainer): readonly Fault[] {
  const fault = faultsOf(workload.manifest);
  const path = `${containerPath(workload, container)}.securityContext`;
  const context = container.securityContext ?? {};
  const required: readonly (readonly [boolean, string, string])[] = [
    [context.runAsUser !== 0 && context.runAsNonRoot !== false, path, 'must not run as root'],
    [context.privileged !== true, `${path}.privileged`, 'must not be true'],
    [context.allowPrivilegeEscalation === false, `${path}.allowPrivilegeEscalation`, 'must be false'],
    [context.readOnlyRootFilesystem === true, `${path}.readOnlyRootFilesystem`, 'must be true'],
    [context.capabilities?.drop?.includes('ALL') === true && !context.capabilities.add?.length, `${path}.capabilities`, 'must drop ALL and add none'],
  ];
  return required.filter(([holds]) => !holds).map(([, where, why]) => fault(where, why));
}

/** Every pod runs as a user other than root, in a read-only image, with no capability and no token. */
export function security({ workloads }: Cluster): readonly Fault[] {
  return workloads.flatMap((workload) => [
    ...podFaults(workload),
    ...workload.containers.flatMap((container) => containerFaults(workload, container)),
  ]);
}
