import { Metadata, type StatusObject } from '@grpc/grpc-js';
import { DomainError, codeOfGrpcStatus, grpcStatus, isDomainError, type ErrorCode } from '@serendip/shared-errors';

const reasonHeader = 'serendip-reason';
const metadataHeader = 'serendip-metadata-bin';
/** What metadata takes. */
const printable = /^[\x20-\x7e]+$/;
const maxDetails = 1024;
const maxMetadataBytes = 4096;

/** A failure as it travels: grpc-js sends it as status and trailers. */
export class WireStatus {
  constructor(readonly code: number, readonly details: string, readonly metadata: Metadata) {}
}

/** The status of a failure. Whatever is no DomainError has nothing to say to a caller but the trace id to quote. */
export function toWireStatus(error: unknown, traceId: string): WireStatus {
  if (!isDomainError(error)) return wireStatus('INTERNAL', 'INTERNAL_ERROR', `Internal error, trace id ${traceId}.`, { traceId });
  return wireStatus(error.code, error.reason, error.message, error.metadata);
}

function wireStatus(code: ErrorCode, reason: string, message: string, facts: Readonly<Record<string, string>>): WireStatus {
  const metadata = new Metadata();
  if (printable.test(reason)) metadata.set(reasonHeader, reason);
  if (Object.keys(facts).length > 0) {
    const bytes = Buffer.from(JSON.stringify(facts));
    if (bytes.length <= maxMetadataBytes) metadata.set(metadataHeader, bytes);
  }
  return new WireStatus(grpcStatus(code), wellFormed(message.slice(0, maxDetails)), metadata);
}

/** The text without halves of surrogate pairs: grpc-js encodes a status message as a URI, which throws on them. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** How a call ended, as the caller hears of it. */
export type Status = Pick<StatusObject, 'code' | 'details' | 'metadata'>;

/** Whether what a stream threw is gRPC's word, and not a fault of whoever reads it. */
export function isStatus(error: unknown): error is Status {
  return typeof error === 'object' && error !== null && 'code' in error && 'details' in error && 'metadata' in error;
}

/** The reason that the peer's handler gave; undefined when the failure was made on the way there. */
export function reasonOf({ metadata }: Pick<Status, 'metadata'>): string | undefined {
  const reason = metadata.get(reasonHeader)[0];
  return typeof reason === 'string' ? reason : undefined;
}

/** Whether the peer's handler made this failure, and not the way there. */
export function isAnswer(end: Pick<Status, 'metadata'>): boolean {
  return reasonOf(end) !== undefined;
}

/** The facts of a failure as they travel; empty for none. */
export function factsBytes({ metadata }: Pick<Status, 'metadata'>): Uint8Array {
  const facts = metadata.get(metadataHeader)[0];
  return Buffer.isBuffer(facts) ? facts : new Uint8Array(0);
}

/** The end of a call that did not come as a status of gRPC's own. */
export function statusOf(code: number, details: string, { reason, facts }: { readonly reason: string; readonly facts: Uint8Array } = { reason: '', facts: new Uint8Array(0) }): Status {
  const metadata = new Metadata();
  if (printable.test(reason)) metadata.set(reasonHeader, reason);
  if (facts.length > 0) metadata.set(metadataHeader, Buffer.from(facts));
  return { code, details, metadata };
}

/** Reasons of failures that no handler made. */
const localReasons: Partial<Record<ErrorCode, string>> = { UNAVAILABLE: 'PEER_UNAVAILABLE' };

/** The failure of an outgoing call: the peer's own DomainError again, or what gRPC says happened on the way. */
export function fromStatus(end: Status, rpc: string): DomainError {
  const code = codeOfGrpcStatus(end.code);
  const reason = reasonOf(end);
  if (reason !== undefined) return new DomainError(code, reason, end.details, { metadata: readFacts(end.metadata) });
  return new DomainError(code, localReasons[code] ?? code, `${rpc}: ${end.details}`);
}

function readFacts(metadata: Metadata): Record<string, string> {
  const value = metadata.get(metadataHeader)[0];
  if (value === undefined) return {};
  try {
    const facts: unknown = JSON.parse(value.toString());
    if (typeof facts !== 'object' || facts === null) return {};
    return Object.fromEntries(Object.entries(facts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return {};
  }
}
