import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InMemoryConfiguration } from '@serendip/control-domain/testing';
import { Fixture } from './control.fixture.js';

let service: Fixture;
beforeAll(async () => { service = await Fixture.start(new InMemoryConfiguration()); });
afterAll(() => service.close());

const request = (more: object = {}) => ({ tenant: 'shop', key: 'k', fingerprint: new Uint8Array(32).fill(1), ...more });
const answer = { status: 200, body: new Uint8Array([123, 125]) };

describe('idempotency keys over gRPC', () => {
  it('are reserved, kept and given back', async () => {
    expect((await service.client.reserveIdempotencyKey({ request: request() })).answer).toBeUndefined();
    await expect(service.client.reserveIdempotencyKey({ request: request() })).rejects.toMatchObject({ code: 'ABORTED', reason: 'IDEMPOTENCY_KEY_IN_USE', metadata: { retryAfterMs: '1000' } });
    await service.client.keepIdempotentAnswer({ request: request(), answer });
    expect((await service.client.reserveIdempotencyKey({ request: request() })).answer).toMatchObject({ status: 200, body: answer.body });
    await expect(service.client.reserveIdempotencyKey({ request: request({ fingerprint: new Uint8Array(32) }) })).rejects.toMatchObject({ reason: 'IDEMPOTENCY_KEY_REUSED', metadata: { httpStatus: '422' } });
    await service.client.reserveIdempotencyKey({ request: request({ key: 'other' }) });
    await service.client.releaseIdempotencyKey({ request: request({ key: 'other' }) });
    expect((await service.client.reserveIdempotencyKey({ request: request({ key: 'other' }) })).answer).toBeUndefined();
  });

  it('are refused when they are none', async () => {
    for (const wrong of [undefined, request({ key: '' }), request({ key: 'x'.repeat(129) }), request({ fingerprint: new Uint8Array(5) })]) {
      await expect(service.client.reserveIdempotencyKey(wrong === undefined ? {} : { request: wrong })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    await expect(service.client.keepIdempotentAnswer({ request: request() })).rejects.toMatchObject({ reason: 'FIELD_MISSING' });
  });
});
