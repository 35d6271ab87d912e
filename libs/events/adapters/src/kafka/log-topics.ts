import { setTimeout as wait } from 'node:timers/promises';
import { DomainError } from '@serendip/shared-errors';
import type { Durability } from '@serendip/events-domain';
import { findErrorBy, type Admin } from '@platformatic/kafka';
import type { OpenEventLogOptions } from '../open-options.js';
import type { KafkaConnection } from './kafka-connection.js';
import type { LogAddress } from './log-address.js';
import { CURSORS, RECORDS, durableSettings, requireDurable } from './require-durable.js';

const mostReplicas = 3;
const defaultWaitMs = 30_000;
const missingMs = 50;

type TopicOptions = Pick<OpenEventLogOptions, 'waitMs' | 'advise'>;

/** The topic beside the log's that keeps positions of consumer groups and imports. */
export const cursorsOf = ({ topic }: LogAddress): string => `${topic}.cursors`;

/**
 * Makes the topics of a log where they are not there yet, with up to three replicas, and refuses unsafe ones. A topic keeps the replicas that it was made
 * with, so it is not made before as many brokers are there as its URL names; UNAVAILABLE/LOG_FAILED when they are not in time.
 */
export async function makeTopics(connection: KafkaConnection, address: LogAddress, { waitMs = defaultWaitMs, advise }: TopicOptions): Promise<Durability> {
  await connection.run(async (client) => {
    const there = await client.listTopics();
    for (const [name, requirements] of [[cursorsOf(address), CURSORS], [address.topic, RECORDS]] as const) {
      if (there.includes(name)) continue;
      const replicas = replicasOf(await brokersOf(client), address);
      const configs = Object.entries(durableSettings(requirements, replicas)).map(([setting, value]) => ({ name: setting, value }));
      await client.createTopics({ topics: [name], partitions: requirements.partitions, replicas, configs }).catch(unlessThere);
    }
  }, waitMs);
  const durability = await connection.run((client) => checked(client, address), waitMs);
  if (advise !== undefined) for (const sentence of await connection.run((client) => tooFewReplicas(client, address), waitMs)) advise(sentence);
  return durability;
}

/** Waits for the topics that a writer makes, and refuses unsafe ones. UNAVAILABLE/LOG_MISSING when they are not there in time. */
export async function findTopics(connection: KafkaConnection, address: LogAddress, { waitMs = defaultWaitMs }: TopicOptions): Promise<Durability> {
  const giveUp = performance.now() + waitMs;
  for (;;) {
    if ((await connection.run((client) => client.listTopics(), waitMs)).includes(address.topic)) return connection.run((client) => checked(client, address), waitMs);
    if (performance.now() >= giveUp) throw new DomainError('UNAVAILABLE', 'LOG_MISSING', 'There is no event log yet: start ingestion first.');
    await wait(missingMs);
  }
}

async function checked(client: Admin, address: LogAddress): Promise<Durability> {
  await requireDurable(client, cursorsOf(address), CURSORS);
  return requireDurable(client, address.topic, RECORDS);
}

async function brokersOf(client: Admin): Promise<number> {
  return (await client.metadata({ topics: [], forceUpdate: true })).brokers.size;
}

/** How many replicas a new topic gets. */
function replicasOf(brokers: number, { brokers: named }: LogAddress): number {
  const wanted = Math.min(mostReplicas, named.length);
  if (brokers < wanted) throw new Error(`${brokers} of the ${named.length} brokers that the URL names are there, and a topic that is made now would keep ${brokers} of ${wanted} replicas.`);
  return Math.min(mostReplicas, brokers);
}

/** Topics that would have more replicas if they were made now, in words. */
async function tooFewReplicas(client: Admin, address: LogAddress): Promise<readonly string[]> {
  const [names, brokers] = [[cursorsOf(address), address.topic], await brokersOf(client)];
  const { topics } = await client.metadata({ topics: [...names], forceUpdate: true });
  return names.flatMap((name) => {
    const replicas = Math.min(...topics.get(name)!.partitions.map((partition) => partition.replicas.length));
    if (replicas >= Math.min(mostReplicas, brokers)) return [];
    return [`The Kafka topic ${name} was made with ${replicas} ${replicas === 1 ? 'replica' : 'replicas'} a partition and keeps them, while there are ${brokers} brokers: give it more with kafka-reassign-partitions, then set min.insync.replicas to 2.`];
  });
}

function unlessThere(error: unknown): void {
  if (!(error instanceof Error) || !findErrorBy(error, 'apiId', 'TOPIC_ALREADY_EXISTS')) throw error;
}
