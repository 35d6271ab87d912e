import { DomainError } from '@serendip/shared-errors';
import { PARTITIONS } from '@serendip/shared-identity';
import type { Durability } from '@serendip/events-domain';
import { ConfigResourceTypes, type Admin } from '@platformatic/kafka';

/** One event of the largest type in a batch of its own. */
const leastMessageBytes = 1_100_000;

/** What a topic must be like to keep something of a log. */
interface Requirements {
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
}
export const RECORDS: Requirements = { partitions: PARTITIONS, cleanup: 'delete' };
export const CURSORS: Requirements = { partitions: 1, cleanup: 'compact' };

/** The settings of a topic that loses nothing, where a partition has so many replicas. */
export function durableSettings({ cleanup }: Requirements, replicas: number): Readonly<Record<string, string>> {
  return {
    'cleanup.policy': cleanup,
    'min.insync.replicas': String(Math.min(2, replicas)),
    'unclean.leader.election.enable': 'false',
    ...(cleanup === 'delete' ? { 'retention.ms': '-1', 'retention.bytes': '-1', 'max.message.bytes': String(2 * 1024 * 1024) } : {}),
  };
}

/**
 * How durable what is acknowledged in a topic is. FAILED_PRECONDITION/LOG_ENGINE_UNSAFE for settings that may lose it, as they
 * hold for the topic, whether set there or on the brokers; FAILED_PRECONDITION/LOG_INCOMPATIBLE for another number of partitions.
 */
export async function requireDurable(client: Admin, name: string, requirements: Requirements): Promise<Durability> {
  const topic = (await client.metadata({ topics: [name], forceUpdate: true })).topics.get(name)!;
  if (topic.partitionsCount !== requirements.partitions) {
    throw new DomainError('FAILED_PRECONDITION', 'LOG_INCOMPATIBLE', `The topic ${name} has ${topic.partitionsCount} partitions and must have ${requirements.partitions}: replay it into a new one.`);
  }
  const [described] = await client.describeConfigs({ resources: [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: name }] });
  const settings = new Map(described!.configs.map((config) => [config.name, config.value ?? '']));
  const replicas = Math.min(...topic.partitions.map((partition) => partition.replicas.length));
  const inSync = Number(settings.get('min.insync.replicas'));
  const faults = faultsOf(settings, requirements, replicas);
  if (faults.length > 0) throw new DomainError('FAILED_PRECONDITION', 'LOG_ENGINE_UNSAFE', `The Kafka topic ${name} can not keep the event log: ${faults.join('; ')}.`);
  if (inSync > 1) return 'replicated';
  return settings.get('flush.messages') === '1' ? 'disk' : 'process';
}

function faultsOf(settings: ReadonlyMap<string, string>, { cleanup }: Requirements, replicas: number): readonly string[] {
  const mustBe = (name: string, wanted: string): readonly string[] => (settings.get(name) === wanted ? [] : [`${name} is ${settings.get(name)} and must be ${wanted}`]);
  const atLeast = (name: string, least: number): readonly string[] => (Number(settings.get(name)) >= least ? [] : [`${name} is ${settings.get(name)} and must be at least ${least}`]);
  return [
    ...mustBe('cleanup.policy', cleanup),
    ...(replicas > 1 ? atLeast('min.insync.replicas', 2) : []),
    ...mustBe('unclean.leader.election.enable', 'false'),
    ...(cleanup === 'delete' ? [...mustBe('retention.ms', '-1'), ...mustBe('retention.bytes', '-1'), ...atLeast('max.message.bytes', leastMessageBytes)] : []),
  ];
}
