export { DomainError, isDomainError, type DomainErrorOptions, type ErrorCode } from './domain-error.js';
export { grpcStatus, codeOfGrpcStatus, httpStatus } from './wire-status.js';
