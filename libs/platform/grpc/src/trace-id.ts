import { randomFillSync } from 'node:crypto';
import type { Metadata } from '@grpc/grpc-js';

const header = 'traceparent';
const digits = /^(?!0{32})[0-9a-f]{32}$/;
/** Version 00 has 55 characters; those to come may add to it. */
const pattern = /^(?!ff|00.{54})[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/;

const pool = Buffer.alloc(4096);
let used = pool.length;

/** A new random trace id, 32 hexadecimal digits. */
export function newTraceId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 16;
  return pool.toString('hex', used - 16, used);
}

/** The trace id of an incoming call's `traceparent` (W3C Trace Context), if it has a valid one. */
export function readTraceId(metadata: Metadata): string | undefined {
  return traceIdOf(metadata.get(header)[0]);
}

/** The trace id of a header `traceparent` (W3C Trace Context); undefined for one that is not valid. */
export function traceIdOf(traceparent: unknown): string | undefined {
  return typeof traceparent === 'string' ? pattern.exec(traceparent)?.[1] : undefined;
}

/** The trace id of a text (32 hexadecimal digits, not all of them 0, dashes allowed); undefined for anything else. */
export function validTraceId(text: string): string | undefined {
  const id = text.length === 32 ? text : text.replaceAll('-', '').toLowerCase();
  return digits.test(id) ? id : undefined;
}

/** Sends a trace id with a call; what is none is not sent. */
export function writeTraceId(metadata: Metadata, traceId: string): void {
  const id = validTraceId(traceId);
  if (id === undefined) return;
  const [first, last] = [id.slice(0, 16), id.slice(16)];
  // A parent id of zeros alone would make it invalid.
  metadata.set(header, `00-${id}-${/[^0]/.test(last) ? last : first}-01`);
}
