import { behind, type Cluster, type Workload } from './cluster.ts';
import { environmentOf } from './environment.ts';

/** One workload calling another, as an environment variable of the caller says. */
export interface Edge {
  readonly from: Workload;
  /** The environment variable that names the target. */
  readonly variable: string;
  readonly host: string;
  readonly port: number;
  readonly service: Cluster['services'][number] | undefined;
  readonly to: readonly Workload[];
}

/** Host and port of a `_TARGET` (`dns:///host:port` or `host:port`) or of an engine's URL; undefined for anything else. */
function addressOf(variable: string, value: string): { readonly host: string; readonly port: number } | undefined {
  const target = variable.endsWith('_TARGET') ? /^(?:dns:\/\/\/)?([\w.-]+):(\d+)$/ : /^[a-z][a-z0-9+]*:\/\/(?:[^@/]*@)?([\w.-]+):(\d+)/;
  const [, host, port] = target.exec(value) ?? [];
  return host ? { host, port: Number(port) } : undefined;
}

/** Every edge that the environments of the workloads name; those to hosts outside the cluster have no Service. */
export function edgesOf(cluster: Cluster): readonly Edge[] {
  return cluster.workloads.flatMap((from) => from.containers.flatMap((container) =>
    Object.entries(environmentOf(container, cluster)).flatMap(([variable, value]) => {
      const address = addressOf(variable, value);
      if (!address) return [];
      const service = cluster.services.find(({ metadata }) => metadata.name === address.host.split('.')[0]);
      return [{ from, variable, ...address, service, to: service ? behind(service, cluster) : [] }];
    })));
}
