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

/**
 * Faults of one rendering: first each object against its schema, then, if all have the right shape, the objects against
 * each other. `partial` is a rendering that leaves names to be supplied by others, so references aren't followed.
 */
export async function checkManifests(manifests: readonly Manifest[], { partial = false } = {}): Promise<readonly Fault[]> {
  const ofSchemas = (await Promise.all(manifests.map(schemaFaults))).flat();
  if (ofSchemas.some(({ reason }) => reason !== 'unknown field')) return ofSchemas;
  const cluster = clusterOf(manifests);
  const applied = partial ? rules : [...rules, references];
  return [...ofSchemas, ...objectFaults(manifests), ...applied.flatMap((rule) => rule(cluster))];
}
