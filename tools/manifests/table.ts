import { clusterOf, type Cluster, type Workload } from './cluster.ts';
import { edgesOf } from './edges.ts';
import type { Manifest } from './manifest.ts';
import { protects, targets } from './rules/scaling.ts';

/** Rows as aligned columns, the first row underlined. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd();
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...body.map(line)].join('\n');
}

function row(workload: Workload, cluster: Cluster): readonly string[] {
  const [container] = workload.pod.containers;
  const scaled = cluster.autoscalers.find((autoscaler) => targets(autoscaler, workload))?.spec;
  const budget = cluster.budgets.find((entry) => protects(entry, workload))?.spec;
  const { requests = {}, limits = {} } = container?.resources ?? {};
  const calls = edgesOf(cluster).filter(({ from, service }) => from === workload && service).map(({ host }) => host);
  return [
    workload.name,
    workload.manifest.kind,
    (container?.ports ?? []).map(({ name, containerPort }) => `${name}:${containerPort}`).join(' '),
    scaled ? `${scaled.minReplicas ?? 1}–${scaled.maxReplicas}` : String(workload.manifest.spec?.replicas ?? 1),
    `${requests['cpu']}–${limits['cpu']}`,
    `${requests['memory']}–${limits['memory']}`,
    budget ? `${budget.maxUnavailable ?? `min ${budget.minAvailable}`}` : '–',
    calls.join(' ') || '–',
  ];
}

/** What one rendering runs, a row for each workload. */
export function workloadTable(manifests: readonly Manifest[]): string {
  const cluster = clusterOf(manifests);
  const head = ['workload', 'kind', 'ports', 'replicas', 'cpu', 'memory', 'may be away', 'calls'];
  return table([head, ...cluster.workloads.map((workload) => row(workload, cluster))]);
}
