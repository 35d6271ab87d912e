import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer';
import type { INetworkPolicyPort } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort';
import { containerPort, faultsOf, selects, type Cluster, type Workload } from '../cluster.ts';
import { edgesOf, type Edge } from '../edges.ts';
import type { Fault } from '../manifest.ts';

type Policy = Cluster['networkPolicies'][number];
interface Flow { readonly peers: readonly INetworkPolicyPeer[]; readonly ports: readonly INetworkPolicyPort[] }

/** What a policy lets in or out, one entry for each of its rules. */
function flows({ spec }: Policy, direction: 'Ingress' | 'Egress'): readonly Flow[] {
  if (direction === 'Ingress') return (spec?.ingress ?? []).map(({ from, ports }) => ({ peers: from ?? [], ports: ports ?? [] }));
  return (spec?.egress ?? []).map(({ to, ports }) => ({ peers: to ?? [], ports: ports ?? [] }));
}

const governs = ({ spec }: Policy, { podLabels }: Workload, direction: 'Ingress' | 'Egress'): boolean =>
  (spec?.policyTypes ?? ['Ingress']).includes(direction) && selects(spec?.podSelector ?? {}, podLabels);

/** Whether a peer of a rule means pods of this namespace with these labels. */
const includes = ({ podSelector, namespaceSelector, ipBlock }: INetworkPolicyPeer, workload: Workload): boolean =>
  !ipBlock && namespaceSelector === undefined && podSelector !== undefined && selects(podSelector, workload.podLabels);

function portMatches({ port, endPort, protocol = 'TCP' }: INetworkPolicyPort, number: number, listener: Workload): boolean {
  if (protocol !== 'TCP') return false;
  if (port === undefined) return true;
  if (typeof port === 'string') return containerPort(listener, port) === number;
  return endPort === undefined ? port === number : port <= number && number <= endPort;
}

/** Whether the policies of `pod` let this direction of a connection to `port` of `listener` pass. */
function allows(cluster: Cluster, direction: 'Ingress' | 'Egress', pod: Workload, peer: Workload, listener: Workload, port: number): boolean {
  const governing = cluster.networkPolicies.filter((policy) => governs(policy, pod, direction));
  return governing.length === 0 || governing.some((policy) => flows(policy, direction).some(({ peers, ports }) =>
    (peers.length === 0 || peers.some((entry) => includes(entry, peer)))
    && (ports.length === 0 || ports.some((entry) => portMatches(entry, port, listener)))));
}

function edgeFaults(edge: Edge, cluster: Cluster): readonly Fault[] {
  const { from, variable, host, port, service, to } = edge;
  const fault = faultsOf(from.manifest);
  if (!service) return variable.endsWith('_TARGET') ? [fault(variable, `there is no Service ${host}`)] : [];
  const listening = service.spec?.ports?.find((entry) => entry.port === port);
  if (!listening) return [fault(variable, `the Service ${host} has no port ${port}`)];
  return to.flatMap((target) => {
    const number = containerPort(target, listening.targetPort ?? port);
    if (number === undefined) return [];
    return [
      ...(allows(cluster, 'Egress', from, target, target, number) ? [] : [fault(variable, `no NetworkPolicy lets ${from.name} out to ${target.name}:${number}`)]),
      ...(allows(cluster, 'Ingress', target, from, target, number) ? [] : [fault(variable, `no NetworkPolicy lets ${from.name} in at ${target.name}:${number}`)]),
    ];
  });
}

function policyFaults(policy: Policy, { workloads }: Cluster): readonly Fault[] {
  const fault = faultsOf(policy);
  const someone = (selector: NonNullable<INetworkPolicyPeer['podSelector']>) => workloads.some(({ podLabels }) => selects(selector, podLabels));
  const faults: Fault[] = someone(policy.spec?.podSelector ?? {}) ? [] : [fault('spec.podSelector', 'selects no pod')];
  for (const direction of ['Ingress', 'Egress'] as const) for (const { peers } of flows(policy, direction)) for (const { podSelector, namespaceSelector } of peers) {
    if (podSelector && !namespaceSelector && !someone(podSelector)) faults.push(fault(`spec.${direction.toLowerCase()}`, 'names a peer that is no pod of this cluster'));
  }
  return faults;
}

/** Each name of an `In` expression means a workload, so that a misspelt caller is not silently shut out. */
function callerFaults(policy: Policy, { workloads }: Cluster): readonly Fault[] {
  const names = flows(policy, 'Ingress').flatMap(({ peers }) => peers.flatMap(({ podSelector }) =>
    (podSelector?.matchExpressions ?? []).filter(({ key, operator }) => key === 'app.kubernetes.io/name' && operator === 'In').flatMap(({ values }) => values ?? [])));
  return names.filter((name) => !workloads.some((workload) => workload.name === name))
    .map((name) => faultsOf(policy)('spec.ingress', `there is no workload ${name}`));
}

function isDenial({ spec }: Policy): boolean {
  const everything = Object.keys(spec?.podSelector ?? {}).length === 0;
  return everything && ['Ingress', 'Egress'].every((direction) => spec?.policyTypes?.includes(direction as 'Ingress')) && !spec?.ingress?.length && !spec?.egress?.length;
}

const resolvesNames = (cluster: Cluster, workload: Workload): boolean => cluster.networkPolicies.some((policy) =>
  governs(policy, workload, 'Egress') && flows(policy, 'Egress').some(({ ports }) => ports.some(({ port, protocol }) => port === 53 && protocol === 'UDP')));

/** Everything is denied first; then every edge that an environment names is allowed at both ends, and names resolve. */
export function network(cluster: Cluster): readonly Fault[] {
  const edges = edgesOf(cluster);
  const callers = new Set(edges.map(({ from }) => from));
  return [
    ...(cluster.networkPolicies.some(isDenial) ? [] : [{ object: 'NetworkPolicy', path: '', reason: 'none denies all traffic by default' }]),
    ...cluster.networkPolicies.flatMap((policy) => [...policyFaults(policy, cluster), ...callerFaults(policy, cluster)]),
    ...edges.flatMap((edge) => edgeFaults(edge, cluster)),
    ...[...callers].filter((workload) => !resolvesNames(cluster, workload)).map(({ manifest }) => faultsOf(manifest)('', 'no NetworkPolicy lets it resolve names')),
  ];
}
