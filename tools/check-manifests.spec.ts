import { describe, expect, it } from '@jest/globals';
import { deflateRawSync } from 'node:zlib';
import { checkManifests } from './manifests/check.ts';
import { parseManifests, type Manifest } from './manifests/manifest.ts';
import { twoServices } from './manifests/testing/two-services.ts';
import { readZipEntry } from './manifests/zip.ts';

type Node = Record<string, unknown>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** The node at a dotted path below an object, to plant a fault in. */
function at(manifests: readonly Manifest[], object: string, path: string): Node {
  const manifest = manifests.find(({ kind, metadata }) => `${kind}/${metadata.name}` === object) as unknown;
  const found = path.split('.').filter(Boolean).reduce((node, field) => (node as Node)[field], manifest);
  if (!isNode(found)) throw new Error(`${object} has nothing at ${path}`);
  return found;
}

const without = (kind: string, name: string) => (manifests: readonly Manifest[]) =>
  manifests.filter((manifest) => manifest.kind !== kind || manifest.metadata.name !== name);

const changed = (object: string, path: string, change: Node) => (manifests: readonly Manifest[]) => {
  Object.assign(at(manifests, object, path), change);
  return manifests;
};

const container = 'spec.template.spec.containers.0';

interface Planted {
  readonly what: string;
  readonly plant: (manifests: readonly Manifest[]) => readonly Manifest[];
  readonly object: string;
  readonly path?: string;
  readonly reason: RegExp;
}

const planted: readonly Planted[] = [
  { what: 'an unknown field', plant: changed('Deployment/shop', container, { imagePulPolicy: 'Always' }), object: 'Deployment/shop', path: `${container}.imagePulPolicy`, reason: /unknown field/ },
  { what: 'a field of the wrong type', plant: changed('Service/shop', 'spec.ports.0', { port: '50051' }), object: 'Service/shop', path: 'spec.ports.0.port', reason: /must be integer/ },
  { what: 'a quantity that is none', plant: changed('Deployment/shop', `${container}.resources.limits`, { memory: '128MB' }), object: 'Deployment/shop', path: `${container}.resources.limits.memory`, reason: /quantity/ },
  { what: 'an unknown kind', plant: changed('Service/shop', '', { kind: 'Servise' }), object: 'Servise/shop', path: 'kind', reason: /no schema/ },
  { what: 'an object defined twice', plant: (all) => [...all, ...twoServices().filter(({ kind }) => kind === 'ConfigMap')], object: 'ConfigMap/engines', reason: /defined twice/ },
  { what: 'the tag latest', plant: changed('Deployment/shop', container, { image: 'shop:latest' }), object: 'Deployment/shop', path: `${container}.image`, reason: /names no version/ },
  { what: 'an image without a tag', plant: changed('Deployment/shop', container, { image: 'registry.example:5000/shop' }), object: 'Deployment/shop', path: `${container}.image`, reason: /names no version/ },
  { what: 'a pod that runs as root', plant: changed('Deployment/shop', 'spec.template.spec.securityContext', { runAsUser: 0 }), object: 'Deployment/shop', path: 'spec.template.spec.securityContext.runAsUser', reason: /other than 0/ },
  { what: 'a container that runs as root', plant: changed('Deployment/shop', `${container}.securityContext`, { runAsUser: 0 }), object: 'Deployment/shop', reason: /must not run as root/ },
  { what: 'a writable root file system', plant: changed('Deployment/shop', `${container}.securityContext`, { readOnlyRootFilesystem: false }), object: 'Deployment/shop', reason: /must be true/ },
  { what: 'the process ids of the node without a reason', plant: changed('Deployment/shop', 'spec.template.spec', { hostPID: true }), object: 'Deployment/shop', path: 'spec.template.spec.hostPID', reason: /reason/ },
  { what: 'a missing readiness probe', plant: changed('Deployment/shop', container, { readinessProbe: undefined }), object: 'Deployment/shop', path: `${container}.readinessProbe`, reason: /missing/ },
  { what: 'a gRPC service probed without gRPC', plant: changed('Deployment/shop', container, { readinessProbe: { tcpSocket: { port: 'grpc' } } }), object: 'Deployment/shop', reason: /gRPC readiness/ },
  { what: 'a probe on a port that is not there', plant: changed('Deployment/shop', container, { livenessProbe: { httpGet: { port: 'admin' } } }), object: 'Deployment/shop', path: `${container}.livenessProbe.httpGet.port`, reason: /admin/ },
  { what: 'no time to drain', plant: changed('Deployment/shop', 'spec.template.spec', { terminationGracePeriodSeconds: 10 }), object: 'Deployment/shop', reason: /no time to drain/ },
  { what: 'a missing limit', plant: changed('Deployment/shop', `${container}.resources`, { limits: { cpu: '1' } }), object: 'Deployment/shop', path: `${container}.resources.limits.memory`, reason: /missing/ },
  { what: 'a request above its limit', plant: changed('Deployment/shop', `${container}.resources.requests`, { memory: '1Gi' }), object: 'Deployment/shop', path: `${container}.resources.requests.memory`, reason: /more than the limit/ },
  { what: 'a Service that selects nothing', plant: changed('Service/shop', 'spec.selector', { 'app.kubernetes.io/name': 'shopp' }), object: 'Service/shop', path: 'spec.selector', reason: /selects no pod/ },
  { what: 'a workload without a headless Service', plant: changed('Service/shop', 'spec', { clusterIP: undefined }), object: 'Deployment/shop', reason: /no headless Service/ },
  { what: 'a Service port that no container has', plant: changed('Service/shop', 'spec.ports.0', { targetPort: 'http' }), object: 'Service/shop', path: 'spec.ports.0.targetPort', reason: /has a port http/ },
  { what: 'a headless Service that maps a port', plant: changed('Service/shop', 'spec.ports.0', { port: 80 }), object: 'Service/shop', reason: /maps no ports/ },
  { what: 'a selector beside its own pods', plant: changed('Deployment/shop', 'spec.selector.matchLabels', { tier: 'front' }), object: 'Deployment/shop', path: 'spec.selector', reason: /own pods/ },
  { what: 'a missing autoscaler', plant: without('HorizontalPodAutoscaler', 'shop'), object: 'Deployment/shop', reason: /HorizontalPodAutoscaler; has 0/ },
  { what: 'an autoscaler of another kind', plant: changed('HorizontalPodAutoscaler/shop', 'spec.scaleTargetRef', { kind: 'StatefulSet' }), object: 'HorizontalPodAutoscaler/shop', reason: /targets no workload/ },
  { what: 'an autoscaler with no range', plant: changed('HorizontalPodAutoscaler/shop', 'spec', { maxReplicas: 1 }), object: 'HorizontalPodAutoscaler/shop', reason: /no range/ },
  { what: 'replicas beside an autoscaler', plant: changed('Deployment/shop', 'spec', { replicas: 2 }), object: 'Deployment/shop', path: 'spec.replicas', reason: /left out/ },
  { what: 'a missing disruption budget', plant: without('PodDisruptionBudget', 'shop'), object: 'Deployment/shop', reason: /PodDisruptionBudget; has 0/ },
  { what: 'a budget that blocks every drain', plant: changed('PodDisruptionBudget/shop', 'spec', { maxUnavailable: 0 }), object: 'PodDisruptionBudget/shop', reason: /drained/ },
  { what: 'no denial by default', plant: without('NetworkPolicy', 'default-deny'), object: 'NetworkPolicy', reason: /denies all traffic/ },
  { what: 'a call that is not let out', plant: changed('NetworkPolicy/shop', 'spec', { egress: [] }), object: 'Deployment/shop', path: 'SERENDIP_STOCK_TARGET', reason: /out to stock:50052/ },
  { what: 'a call that is not let in', plant: changed('NetworkPolicy/stock', 'spec', { ingress: [] }), object: 'Deployment/shop', path: 'SERENDIP_STOCK_TARGET', reason: /in at stock:50052/ },
  { what: 'a call let in at another port', plant: changed('NetworkPolicy/shop', 'spec.egress.0.ports.0', { port: 50051 }), object: 'Deployment/shop', reason: /out to stock:50052/ },
  { what: 'a caller that is not there', plant: changed('NetworkPolicy/stock', 'spec.ingress.0.from.0.podSelector.matchExpressions.0', { values: ['shop', 'shopp'] }), object: 'NetworkPolicy/stock', reason: /no workload shopp/ },
  { what: 'a target without a Service', plant: changed('Deployment/shop', `${container}.env.0`, { value: 'dns:///stok:50052' }), object: 'Deployment/shop', path: 'SERENDIP_STOCK_TARGET', reason: /no Service stok/ },
  { what: 'a target at a port its Service lacks', plant: changed('Deployment/shop', `${container}.env.0`, { value: 'stock:50053' }), object: 'Deployment/shop', reason: /no port 50053/ },
  { what: 'names that do not resolve', plant: without('NetworkPolicy', 'name-lookup'), object: 'Deployment/shop', reason: /resolve names/ },
  { what: 'a ConfigMap that is not there', plant: without('ConfigMap', 'engines'), object: 'Deployment/shop', path: `${container}.envFrom.0`, reason: /no ConfigMap engines/ },
  { what: 'an account that is not there', plant: without('ServiceAccount', 'shop'), object: 'Deployment/shop', reason: /no ServiceAccount shop/ },
  { what: 'a volume that is not there', plant: changed('Deployment/shop', `${container}.volumeMounts.0`, { name: 'temp' }), object: 'Deployment/shop', path: `${container}.volumeMounts.0`, reason: /no volume temp/ },
];

/** Every object node of a value by path, but maps whose keys are the writer's. */
function nodes(value: unknown, path: string): readonly string[] {
  if (!isNode(value)) return [];
  const fields = Object.entries(value).filter(([field]) => !['labels', 'matchLabels', 'selector', 'data', 'requests', 'limits'].includes(field) || path.endsWith('.selector'));
  const below = fields.flatMap(([field, child]) => nodes(child, path === '' ? field : `${path}.${field}`));
  return Array.isArray(value) ? below : [path, ...below];
}

function zipOf(name: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.from('PK\x05\x06'.padEnd(22, '\0'), 'latin1');
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end]);
}

describe('the manifest check', () => {
  it('finds nothing where nothing is wrong', async () => {
    expect(await checkManifests(twoServices())).toEqual([]);
  });

  it.each(planted)('finds $what', async ({ plant, object, path, reason }) => {
    const faults = await checkManifests(parseManifests(plant(twoServices()).map((manifest) => JSON.stringify(manifest)).join('\n---\n')));
    expect(faults).toContainEqual({ object, path: path ?? expect.any(String), reason: expect.stringMatching(reason) });
  });

  it('finds an unknown field in every object of a manifest, at any depth', async () => {
    const places = twoServices().flatMap(({ kind, metadata, ...rest }) => nodes({ kind, metadata, ...rest }, '').map((path) => ({ object: `${kind}/${metadata.name}`, path })));
    expect(places.length).toBeGreaterThan(100);
    for (const { object, path } of places) {
      const faults = await checkManifests(changed(object, path, { misspelt: 'x' })(twoServices()));
      expect(faults).toContainEqual({ object, path: path === '' ? 'misspelt' : `${path}.misspelt`, reason: 'unknown field' });
    }
  });

  it('leaves references of a partial rendering to whoever completes it', async () => {
    expect(await checkManifests(without('ConfigMap', 'engines')(twoServices()), { partial: true })).toEqual([]);
  });

  it('finds commands and variables that the sources do not know', async () => {
    const known = (app: string) => (app === 'stock' ? 'env.SERENDIP_LOG' : 'env.SERENDIP_STOCK_TARGET');
    expect(await checkManifests(twoServices(), { sourcesOf: known })).toEqual([]);
    const faultsWith = (change: Node) => checkManifests(changed('Deployment/shop', container, change)(twoServices()), { sourcesOf: known });
    expect(await faultsWith({ env: [{ name: 'SERENDIP_STOK_TARGET', value: 'stock:50052' }] }))
      .toEqual([{ object: 'Deployment/shop', path: `${container}.env`, reason: 'shop does not read SERENDIP_STOK_TARGET' }]);
    expect(await faultsWith({ command: ['node', 'apps/shop/main.js'] }))
      .toEqual([{ object: 'Deployment/shop', path: `${container}.command`, reason: expect.stringMatching(/starts no app/) }]);
    const renamed = changed('ConfigMap/engines', 'data', { SERENDIP_LOGS: 'x' })(twoServices());
    expect(await checkManifests(renamed, { sourcesOf: known }))
      .toContainEqual({ object: 'Deployment/shop', path: `${container}.envFrom`, reason: 'no app reads SERENDIP_LOGS' });
  });

  it('accepts a node’s process ids with their reason', async () => {
    const manifests = twoServices();
    changed('Deployment/shop', 'spec.template.spec', { hostPID: true })(manifests);
    changed('Deployment/shop', 'spec.template.metadata', { annotations: { 'serendip/host-pid': 'a shared LMDB log' } })(manifests);
    expect(await checkManifests(manifests)).toEqual([]);
  });

  it('follows an engine’s URL in a Secret whose base64 is folded', async () => {
    const url = Buffer.from('postgres://user:password@stock:50052/serendip').toString('base64');
    const manifests = parseManifests(JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'database' }, data: { url: `${url.slice(0, 20)}\n${url.slice(20)}` } }));
    const all = [...manifests, ...twoServices()];
    changed('Deployment/shop', container, { env: [{ name: 'SERENDIP_CONTROL_DATABASE', valueFrom: { secretKeyRef: { name: 'database', key: 'url' } } }] })(all);
    expect(await checkManifests(all)).toEqual([]);
    expect(await checkManifests(changed('NetworkPolicy/shop', 'spec', { egress: [] })(all)))
      .toEqual([{ object: 'Deployment/shop', path: 'SERENDIP_CONTROL_DATABASE', reason: expect.stringMatching(/out to stock/) }]);
  });

  it('refuses what is no Kubernetes object', () => {
    expect(() => parseManifests('kind: Service')).toThrow(/apiVersion/);
    expect(() => parseManifests('a: [')).toThrow(/document 1/);
  });

  it('reads one file of a ZIP archive', () => {
    const content = Buffer.from('kubectl '.repeat(100));
    expect(readZipEntry(zipOf('kubectl/kubectl', content), 'kubectl/kubectl').equals(content)).toBe(true);
    expect(() => readZipEntry(zipOf('helm', content), 'kubectl/kubectl')).toThrow(/no kubectl\/kubectl/);
  });
});
