import { DomainError } from '@serendip/shared-errors';
import type { Durability, EventLog } from './event-log.js';

/** From the least to the most. */
export const DURABILITIES = ['process', 'disk', 'replicated'] as const satisfies readonly Durability[];

/** What gives each, by engine. */
const REMEDIES: Readonly<Record<Durability, string>> = {
  process: 'any engine gives it',
  disk: 'LMDB gives it, Redis with appendfsync always, Kafka with flush.messages=1',
  replicated: 'Redis gives it with ?replicas=N in SERENDIP_LOG, Kafka with min.insync.replicas of at least 2',
};

/** Throws FAILED_PRECONDITION/DURABILITY_NOT_GIVEN where what a log acknowledges is less durable than is demanded. */
export function requireDurability({ durability }: Pick<EventLog, 'durability'>, demanded: Durability): void {
  if (DURABILITIES.indexOf(durability) >= DURABILITIES.indexOf(demanded)) return;
  throw new DomainError('FAILED_PRECONDITION', 'DURABILITY_NOT_GIVEN', `The event log gives durability '${durability}', and '${demanded}' is demanded (SERENDIP_DURABILITY): ${REMEDIES[demanded]}.`);
}
