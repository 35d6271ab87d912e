import { randomFillSync } from 'node:crypto';
import type { Metadata } from '@grpc/grpc-js';

const header = 'traceparent';
const digits = /^[0-9a-f]{32}$/;
const pattern = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

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
  const value = metadata.get(header)[0];
  return typeof value === 'string' ? pattern.exec(value)?.[1] : undefined;
}

/** The trace id of a text (32 hexadecimal digits, dashes allowed); undefined for anything else. */
export function validTraceId(text: string): string | undefined {
  const id = text.length === 32 ? text : text.replaceAll('-', '').toLowerCase();
  return digits.test(id) ? id : undefined;
}

/** Sends a trace id with a call; what is none is not sent. */
export function writeTraceId(metadata: Metadata, traceId: string): void {
  const id = validTraceId(traceId);
  if (id !== undefined) metadata.set(header, `00-${id}-${id.slice(16)}-01`);
}
