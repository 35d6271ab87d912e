import { describe, expect, it } from '@jest/globals';
import { DomainError, codeOfGrpcStatus, grpcStatus, httpStatus, isDomainError } from './index.js';

describe('wire status', () => {
  it('maps every gRPC number back to the code it came from', () => {
    for (let status = 1; status <= 16; status++) expect(grpcStatus(codeOfGrpcStatus(status))).toBe(status);
  });

  it('answers UNKNOWN for numbers gRPC does not have', () => {
    expect(codeOfGrpcStatus(99)).toBe('UNKNOWN');
  });

  it('tells callers to come back later with 503 and to slow down with 429', () => {
    expect(httpStatus('UNAVAILABLE')).toBe(503);
    expect(httpStatus('RESOURCE_EXHAUSTED')).toBe(429);
  });

  it('recognises domain errors and keeps their cause', () => {
    const cause = new Error('disk');
    const error = new DomainError('UNAVAILABLE', 'LOG_UNAVAILABLE', 'The log is not available.', { cause });
    expect(isDomainError(error)).toBe(true);
    expect(isDomainError(cause)).toBe(false);
    expect(error.cause).toBe(cause);
  });
});
