import { setTimeout as wait } from 'node:timers/promises';
import { DomainError } from '@serendip/shared-errors';
import type { Durability } from '@serendip/events-domain';
import { findErrorBy, type Admin } from '@platformatic/kafka';
import type { KafkaConnection } from './kafka-connection.js';
import type { LogAddress } from './log-address.js';
import { CURSORS, RECORDS, durableSettings, requireDurable } from './require-durable.js';

const mostReplicas = 3;
const missingMs = 50;

/** The topic beside the log's that keeps positions of consumer groups and imports. */
export const cursorsOf = ({ topic }: LogAddress): string => `${topic}.cursors`;

/** Makes the topics of a log where they are not there yet, with up to three replicas, and refuses unsafe ones. */
export async function makeTopics(connection: KafkaConnection, address: LogAddress, waitMs: number): Promise<Durability> {
  await connection.run(async (client) => {
    const there = await client.listTopics();
    for (const [name, requirements] of [[cursorsOf(address), CURSORS], [address.topic, RECORDS]] as const) {
      if (there.includes(name)) continue;
      const replicas = Math.min(mostReplicas, (await client.metadata({ topics: [], forceUpdate: true })).brokers.size);
      const configs = Object.entries(durableSettings(requirements, replicas)).map(([setting, value]) => ({ name: setting, value }));
      await client.createTopics({ topics: [name], partitions: requirements.partitions, replicas, configs }).catch(unlessThere);
    }
  }, waitMs);
  return connection.run((client) => checked(client, address), waitMs);
}

/** Waits for the topics that a writer makes, and refuses unsafe ones. UNAVAILABLE/LOG_MISSING when they are not there in time. */
export async function findTopics(connection: KafkaConnection, address: LogAddress, waitMs: number): Promise<Durability> {
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

function unlessThere(error: unknown): void {
  if (!(error instanceof Error) || !findErrorBy(error, 'apiId', 'TOPIC_ALREADY_EXISTS')) throw error;
}
