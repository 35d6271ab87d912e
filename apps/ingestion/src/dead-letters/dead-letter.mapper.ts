import type { DeadLetter, DeadLetterFilter, DeadLetterSource, Refusal } from '@serendip/events-domain';
import { events, type MessageInitShape } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';

const sources: Readonly<Record<DeadLetterSource, events.DeadLetterSource>> = {
  gateway: events.DeadLetterSource.GATEWAY, ingestion: events.DeadLetterSource.INGESTION, 'feature-store': events.DeadLetterSource.FEATURE_STORE, log: events.DeadLetterSource.LOG,
};

const reportedSources: ReadonlyMap<events.DeadLetterSource, DeadLetterSource> = new Map([[events.DeadLetterSource.GATEWAY, 'gateway'], [events.DeadLetterSource.LOG, 'log']]);

export function deadLetterMessage(letter: DeadLetter, { original }: { readonly original: Uint8Array }): MessageInitShape<typeof events.DeadLetterSchema> {
  const { id, source, reason, detail, userId, count, firstAtMs, lastAtMs, isCut, place } = letter;
  return { id, source: sources[source], reason, detail, userId, count, firstAtMs, lastAtMs, original, cut: isCut, ...(place === undefined ? {} : { place: { ...place } }) };
}

/** Throws INVALID_ARGUMENT/DEAD_LETTER_INVALID for what only ingestion itself can refuse, and without a tenant. */
export function reportedRefusal({ tenant, source: given, reason, detail, userId, original, place }: events.ReportedDeadLetter, atMs: number): Refusal {
  const source = reportedSources.get(given);
  if (source === undefined || tenant === '' || reason === '') throw new DomainError('INVALID_ARGUMENT', 'DEAD_LETTER_INVALID', 'A reported dead letter has a tenant, a reason, and the gateway or the log as its source.');
  return { tenant, source, reason, detail, userId, original, atMs, ...(place === undefined ? {} : { place: { partition: place.partition, position: place.position } }) };
}

/** On the wire empty means any. */
export const filterOf = ({ reason, userId = '' }: { readonly reason: string; readonly userId?: string }): DeadLetterFilter => ({ ...(reason === '' ? {} : { reason }), ...(userId === '' ? {} : { userId }) });
