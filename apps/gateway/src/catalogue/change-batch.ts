import { events } from '@serendip/shared-contracts';
import type { z } from 'zod';
import type { EventMessage } from '../events/event.mapper.js';
import { AllRejected, type Rejection } from '../http/problem.js';
import type { Trace } from '../http/trace.js';
import type { ChangeLog } from './change-log.js';

export interface BatchOf<T> {
  /** For example item; it names the reasons. */
  readonly what: string;
  readonly schema: z.ZodType<T>;
  readonly event: (entity: T) => EventMessage;
}

/** Writes what is valid of a batch and says of the rest why it is not; throws AllRejected when nothing is valid. */
export async function writeBatch<T>(changes: ChangeLog, tenant: string, { raw, what, schema, event, traceId }: BatchOf<T> & Trace & { readonly raw: readonly unknown[] }) {
  const rejected: Rejection[] = [];
  const valid = raw.flatMap((entry, index) => {
    const result = schema.safeParse(entry);
    if (result.success) return [{ index, event: event(result.data) }];
    const [issue] = result.error.issues;
    rejected.push({ index, reason: `${what.toUpperCase()}_INVALID`, detail: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? `not a valid ${what}`}` });
    return [];
  });
  const results = valid.length === 0 ? [] : await changes.writeAll(tenant, valid.map((entry) => entry.event), { traceId });
  results.forEach(({ status, reason, detail }, i) => {
    if (status === events.EventStatus.REJECTED) rejected.push({ index: valid[i]!.index, reason, detail });
  });
  rejected.sort((a, b) => a.index - b.index);
  if (rejected.length === raw.length) throw new AllRejected(what, rejected);
  return { accepted: raw.length - rejected.length, rejected };
}
