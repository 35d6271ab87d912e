import type { ErrorCode } from './domain-error.js';

interface WireStatus {
  readonly grpc: number;
  readonly http: number;
}

const statuses: Readonly<Record<ErrorCode, WireStatus>> = {
  CANCELLED: { grpc: 1, http: 499 },
  UNKNOWN: { grpc: 2, http: 500 },
  INVALID_ARGUMENT: { grpc: 3, http: 400 },
  DEADLINE_EXCEEDED: { grpc: 4, http: 504 },
  NOT_FOUND: { grpc: 5, http: 404 },
  ALREADY_EXISTS: { grpc: 6, http: 409 },
  PERMISSION_DENIED: { grpc: 7, http: 403 },
  RESOURCE_EXHAUSTED: { grpc: 8, http: 429 },
  FAILED_PRECONDITION: { grpc: 9, http: 409 },
  ABORTED: { grpc: 10, http: 409 },
  OUT_OF_RANGE: { grpc: 11, http: 400 },
  UNIMPLEMENTED: { grpc: 12, http: 501 },
  INTERNAL: { grpc: 13, http: 500 },
  UNAVAILABLE: { grpc: 14, http: 503 },
  DATA_LOSS: { grpc: 15, http: 500 },
  UNAUTHENTICATED: { grpc: 16, http: 401 },
};

const codeOf = new Map(Object.entries(statuses).map(([code, { grpc }]) => [grpc, code as ErrorCode]));

/** The gRPC status number of a code. */
export function grpcStatus(code: ErrorCode): number {
  return statuses[code].grpc;
}

/** The code of a gRPC status number; UNKNOWN for a number gRPC does not have. */
export function codeOfGrpcStatus(status: number): ErrorCode {
  return codeOf.get(status) ?? 'UNKNOWN';
}

/** The HTTP status of a code, as in google.rpc.Code. */
export function httpStatus(code: ErrorCode): number {
  return statuses[code].http;
}
