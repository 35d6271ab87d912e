import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { IService } from 'kubernetes-models/v1/Service';
import { nameOf, type Fault, type Manifest } from './manifest.ts';

type Labels = Readonly<Record<string, string>>;
type Model<T> = Manifest & T;

export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

/** A Deployment or StatefulSet, with the parts of it that rules ask about. */
export interface Workload {
  readonly name: string;
  readonly manifest: Model<IDeployment> | Model<IStatefulSet>;
  /** `service` for one of ours; `engine` for a store that an overlay brings along. */
  readonly component: string | undefined;
  readonly podLabels: Labels;
  readonly pod: IPodSpec;
  readonly containers: readonly IContainer[];
}

/** The objects of one rendering, by kind. They must have passed their schemas. */
export interface Cluster {
  readonly manifests: readonly Manifest[];
  readonly workloads: readonly Workload[];
  readonly services: readonly Model<IService>[];
  readonly autoscalers: readonly Model<IHorizontalPodAutoscaler>[];
  readonly budgets: readonly Model<IPodDisruptionBudget>[];
  readonly networkPolicies: readonly Model<INetworkPolicy>[];
}

function workloadOf(manifest: Model<IDeployment> | Model<IStatefulSet>): Workload {
  const template = manifest.spec?.template;
  const pod = template?.spec ?? { containers: [] };
  return {
    name: manifest.metadata.name,
    manifest,
    component: manifest.metadata.labels?.['app.kubernetes.io/component'],
    podLabels: template?.metadata?.labels ?? {},
    pod,
    containers: [...(pod.initContainers ?? []), ...pod.containers],
  };
}

export function clusterOf(manifests: readonly Manifest[]): Cluster {
  const ofKind = <T>(...kinds: readonly string[]) => manifests.filter(({ kind }) => kinds.includes(kind)) as unknown as readonly Model<T>[];
  return {
    manifests,
    workloads: ofKind<IDeployment | IStatefulSet>('Deployment', 'StatefulSet').map((manifest) => workloadOf(manifest as Workload['manifest'])),
    services: ofKind<IService>('Service'),
    autoscalers: ofKind<IHorizontalPodAutoscaler>('HorizontalPodAutoscaler'),
    budgets: ofKind<IPodDisruptionBudget>('PodDisruptionBudget'),
    networkPolicies: ofKind<INetworkPolicy>('NetworkPolicy'),
  };
}

function expressionHolds({ key, operator, values = [] }: NonNullable<LabelSelector['matchExpressions']>[number], labels: Labels): boolean {
  const value = labels[key];
  if (operator === 'In') return value !== undefined && values.includes(value);
  if (operator === 'NotIn') return value === undefined || !values.includes(value);
  return (operator === 'Exists') === (value !== undefined);
}

/** Whether a label selector selects these labels; an empty selector selects everything. */
export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value)
    && matchExpressions.every((expression) => expressionHolds(expression, labels));
}

/** Workloads whose pods a Service sends to; none for a Service without a selector. */
export function behind(service: Model<IService>, { workloads }: Cluster): readonly Workload[] {
  const matchLabels = service.spec?.selector;
  return matchLabels ? workloads.filter(({ podLabels }) => selects({ matchLabels }, podLabels)) : [];
}

/** Number of a container port given by number or name, or undefined where no container of the workload has it. */
export function containerPort({ containers }: Workload, port: string | number): number | undefined {
  const ports = containers.flatMap((container) => container.ports ?? []);
  return ports.find(({ name, containerPort: number }) => (typeof port === 'number' ? number === port : name === port))?.containerPort;
}

/** A fault maker for one object. */
export const faultsOf = (manifest: Manifest) => (path: string, reason: string): Fault => ({ object: nameOf(manifest), path, reason });

/** The dotted path of a container within its workload. */
export function containerPath(workload: Workload, container: IContainer): string {
  const initial = workload.pod.initContainers?.indexOf(container) ?? -1;
  return `spec.template.spec.${initial >= 0 ? `initContainers.${initial}` : `containers.${workload.pod.containers.indexOf(container)}`}`;
}
