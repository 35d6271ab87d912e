import { clusterOf, type Cluster } from './cluster.ts';
import { nameOf, type Fault, type Manifest } from './manifest.ts';
import { drain } from './rules/drain.ts';
import { images } from './rules/images.ts';
import { network } from './rules/network.ts';
import { probesOfContainers } from './rules/probes.ts';
import { references } from './rules/references.ts';
import { resources } from './rules/resources.ts';
import { scaling } from './rules/scaling.ts';
import { security } from './rules/security.ts';
import { services } from './rules/services.ts';
import { sources, type SourcesOf } from './rules/sources.ts';
import { schemaFaults } from './schema.ts';

type Rule = (cluster: Cluster) => readonly Fault[];

const rules: readonly Rule[] = [images, security, probesOfContainers, drain, resources, services, scaling, network];

/** Kinds that run pods but that no rule looks at. */
const unruled = ['DaemonSet', 'Job', 'CronJob', 'Pod', 'ReplicaSet'];

function objectFaults(manifests: readonly Manifest[]): readonly Fault[] {
  const names = manifests.map(nameOf);
  return [
    ...names.filter((name, index) => names.indexOf(name) < index).map((object) => ({ object, path: '', reason: 'defined twice' })),
    ...manifests.filter(({ kind }) => unruled.includes(kind)).map((manifest) => ({ object: nameOf(manifest), path: 'kind', reason: 'no rule here checks such pods' })),
  ];
}

export interface CheckOptions {
  /** The rendering leaves names to be supplied by others, so references aren't followed. */
  readonly partial?: boolean;
  /** Sources that commands and variables are held against; without it they aren't. */
  readonly sourcesOf?: SourcesOf;
}

/**
 * Faults of one rendering: first each object against its schema, then, if all have the right shape, the objects against
 * each other and against the apps' sources.
 */
export async function checkManifests(manifests: readonly Manifest[], { partial = false, sourcesOf }: CheckOptions = {}): Promise<readonly Fault[]> {
  const ofSchemas = (await Promise.all(manifests.map(schemaFaults))).flat();
  if (ofSchemas.some(({ reason }) => reason !== 'unknown field')) return ofSchemas;
  const cluster = clusterOf(manifests);
  const applied: readonly Rule[] = [...rules, ...(partial ? [] : [references]), ...(sourcesOf ? [(all: Cluster) => sources(all, sourcesOf)] : [])];
  return [...ofSchemas, ...objectFaults(manifests), ...applied.flatMap((rule) => rule(cluster))];
}
