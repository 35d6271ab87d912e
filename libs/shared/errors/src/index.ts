export { DomainError, isDomainError, type DomainErrorOptions, type ErrorCode } from './domain-error.js';
export { knownNames } from './known-names.js';
export { grpcStatus, codeOfGrpcStatus, httpStatus } from './wire-status.js';
