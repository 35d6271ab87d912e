import { events, fromBinary, toJson } from '@serendip/shared-contracts';

const { DeadLetterSource, ReplayStatus } = events;

const sources: Readonly<Record<number, string>> = {
  [DeadLetterSource.GATEWAY]: 'gateway', [DeadLetterSource.INGESTION]: 'ingestion', [DeadLetterSource.FEATURE_STORE]: 'feature-store', [DeadLetterSource.LOG]: 'log',
};

const outcomes: Readonly<Record<number, 'replayed' | 'refused'>> = { [ReplayStatus.APPENDED]: 'replayed', [ReplayStatus.REFUSED]: 'refused' };

/** A dead letter without its original. */
export function deadLetterFacts({ id, reason, detail, count, firstAtMs, lastAtMs, source, userId }: events.DeadLetter) {
  return {
    id, reason, detail, count, firstAt: new Date(firstAtMs).toISOString(), lastAt: new Date(lastAtMs).toISOString(), source: sources[source] ?? 'unknown',
    ...(userId === '' ? {} : { userId }),
  };
}

/** A dead letter with its original, as readable as that can be. */
export function wholeDeadLetter(letter: events.DeadLetter) {
  const { partition, position } = letter.place ?? {};
  return { ...deadLetterFacts(letter), ...readable(letter), isCut: letter.cut, ...(partition === undefined ? {} : { place: { partition, position } }) };
}

function readable({ source, original, cut }: events.DeadLetter): { readonly original: unknown; readonly originalFormat: 'json' | 'text' | 'base64' } {
  if (source === DeadLetterSource.GATEWAY) {
    const text = Buffer.from(original).toString();
    return cut ? { original: text, originalFormat: 'text' } : { original: JSON.parse(text), originalFormat: 'json' };
  }
  try {
    if (!cut && source !== DeadLetterSource.LOG) return { original: toJson(events.EventSchema, fromBinary(events.EventSchema, original)), originalFormat: 'json' };
  } catch {
    // What is no event is shown as bytes.
  }
  return { original: Buffer.from(original).toString('base64'), originalFormat: 'base64' };
}

export function replayResult({ id, status, reason, detail }: events.ReplayResult) {
  const outcome = outcomes[status] ?? 'unknown';
  return { id, outcome, ...(outcome === 'refused' ? { reason, detail } : {}) };
}
