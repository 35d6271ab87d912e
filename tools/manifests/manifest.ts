import { parseAllDocuments } from 'yaml';

/** One Kubernetes object as it was rendered; nothing about it is known until its schema has passed. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** What is wrong, where: the object as `Kind/name`, the field as a dotted path (empty for the whole object). */
export interface Fault {
  readonly object: string;
  readonly path: string;
  readonly reason: string;
}

export const nameOf = (manifest: Manifest): string => `${manifest.kind}/${manifest.metadata.name}`;

/** Kubernetes reads base64 across line breaks, as kustomize writes it; the schemas' format does not. */
function unfolded(manifest: Manifest): Manifest {
  if (manifest.kind !== 'Secret' || manifest['data'] === undefined) return manifest;
  const data = Object.entries(manifest['data'] as Record<string, string>).map(([key, value]) => [key, value.replaceAll(/\s/g, '')]);
  return { ...manifest, data: Object.fromEntries(data) };
}

/** Objects of a stream of YAML documents, in order; throws an Error on YAML that is invalid or is no Kubernetes object. */
export function parseManifests(yaml: string): readonly Manifest[] {
  const documents = parseAllDocuments(yaml);
  return [...documents].map((document, index) => {
    const [problem] = document.errors;
    if (problem) throw new Error(`document ${index + 1}: ${problem.message}`);
    const value = document.toJS() as Partial<Manifest> | null;
    if (!value?.apiVersion || !value.kind || !value.metadata?.name) {
      throw new Error(`document ${index + 1}: an object needs apiVersion, kind and metadata.name`);
    }
    return unfolded(value as Manifest);
  });
}
