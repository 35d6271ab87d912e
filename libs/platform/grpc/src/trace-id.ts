import { randomFillSync } from 'node:crypto';
import type { Metadata } from '@grpc/grpc-js';

const header = 'traceparent';
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

/** Sends a trace id (32 hexadecimal digits, dashes allowed) with a call; anything else is not sent. */
export function writeTraceId(metadata: Metadata, traceId: string): void {
  const id = traceId.length === 32 ? traceId : traceId.replaceAll('-', '').toLowerCase();
  const parent = `00-${id}-${id.slice(16)}-01`;
  if (pattern.test(parent)) metadata.set(header, parent);
}
