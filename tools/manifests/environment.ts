import type { IContainer } from 'kubernetes-models/v1/Container';
import type { Cluster } from './cluster.ts';

type Data = Readonly<Record<string, string>>;

/** What a ConfigMap or Secret of this cluster holds, in clear; undefined where there is none of that name. */
export function dataOf({ manifests }: Cluster, kind: 'ConfigMap' | 'Secret', name: string | undefined): Data | undefined {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (!found) return undefined;
  const data = (found['data'] ?? {}) as Data;
  const clear = kind === 'ConfigMap' ? data
    : Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]));
  return { ...clear, ...(found['stringData'] as Data | undefined) };
}

/** A container's environment as far as this cluster says what it is; later entries win, as in Kubernetes. */
export function environmentOf(container: IContainer, cluster: Cluster): Readonly<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const { configMapRef, secretRef, prefix = '' } of container.envFrom ?? []) {
    const data = configMapRef ? dataOf(cluster, 'ConfigMap', configMapRef.name) : dataOf(cluster, 'Secret', secretRef?.name);
    for (const [key, value] of Object.entries(data ?? {})) environment[prefix + key] = value;
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
    const known = value
      ?? (configMapKeyRef && dataOf(cluster, 'ConfigMap', configMapKeyRef.name)?.[configMapKeyRef.key])
      ?? (secretKeyRef && dataOf(cluster, 'Secret', secretKeyRef.name)?.[secretKeyRef.key]);
    if (known !== undefined) environment[name] = known;
  }
  return environment;
}
