import { beforeAll, describe, expect, it } from '@jest/globals';
import { IDEMPOTENCY, type IdempotencyKeys, type IdempotentRequest } from '../idempotency.js';

const NOW = 1_800_000_000_000;
const ANSWER = { status: 200, body: new TextEncoder().encode('{"name":"home"}') };

/** What every `IdempotencyKeys` does; `open` answers one without keys that knows the tenants `a` and `b`. */
export function idempotencyKeysConformance(name: string, open: () => Promise<IdempotencyKeys>): void {
  describe(`idempotency keys: ${name}`, () => {
    let keys: IdempotencyKeys;
    let next = 0;
    const request = (more: Partial<IdempotentRequest> = {}): IdempotentRequest => ({ tenant: 'a', key: `key-${next}`, fingerprint: new Uint8Array(32).fill(1), ...more });
    const another = { fingerprint: new Uint8Array(32).fill(2) };
    beforeAll(async () => { keys = await open(); }, 60_000);

    it('are answered as at first, for as long as they last', async () => {
      next++;
      expect(await keys.reserve(request(), NOW)).toBeUndefined();
      await keys.keep(request(), ANSWER);
      for (const later of [0, 1000, IDEMPOTENCY.leaseMs + 1, IDEMPOTENCY.lastsMs - 1]) {
        const kept = await keys.reserve(request(), NOW + later);
        expect({ status: kept?.status, body: [...kept!.body] }).toEqual({ status: 200, body: [...ANSWER.body] });
      }
      expect(await keys.reserve(request(), NOW + IDEMPOTENCY.lastsMs)).toBeUndefined();
    });

    it('belong to one request of one tenant', async () => {
      next++;
      await keys.reserve(request(), NOW);
      await expect(keys.reserve(request(another), NOW)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'IDEMPOTENCY_KEY_REUSED' });
      await keys.keep(request(), ANSWER);
      await expect(keys.reserve(request(another), NOW)).rejects.toMatchObject({ reason: 'IDEMPOTENCY_KEY_REUSED' });
      expect(await keys.reserve(request({ tenant: 'b', ...another }), NOW)).toBeUndefined();
    });

    it('are worked on by one at a time, and by another when that one has ended', async () => {
      next++;
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => keys.reserve(request(), NOW)));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'ABORTED', reason: 'IDEMPOTENCY_KEY_IN_USE' });
      await expect(keys.reserve(request(), NOW + IDEMPOTENCY.leaseMs - 1)).rejects.toMatchObject({ reason: 'IDEMPOTENCY_KEY_IN_USE' });
      expect(await keys.reserve(request(), NOW + IDEMPOTENCY.leaseMs)).toBeUndefined();
    });

    it('are free again when they were given back, which nobody else can do', async () => {
      next++;
      await keys.reserve(request(), NOW);
      await keys.release(request(another));
      await expect(keys.reserve(request(), NOW)).rejects.toMatchObject({ reason: 'IDEMPOTENCY_KEY_IN_USE' });
      await keys.release(request());
      expect(await keys.reserve(request(another), NOW)).toBeUndefined();
      await keys.keep(request(another), { status: 204, body: new Uint8Array(0) });
      await keys.release(request(another));
      await keys.keep(request(another), ANSWER);
      expect(await keys.reserve(request(another), NOW)).toMatchObject({ status: 204 });
    });

    it('are only so much of one tenant, until they are over', async () => {
      next++;
      const large = { status: 200, body: new Uint8Array(IDEMPOTENCY.mostBytes / 4) };
      for (let i = 0; i < 4; i++) {
        await keys.reserve(request({ key: `large-${i}` }), NOW);
        await keys.keep(request({ key: `large-${i}` }), large);
      }
      await expect(keys.reserve(request(), NOW)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED', reason: 'IDEMPOTENCY_KEYS_EXHAUSTED' });
      expect(await keys.reserve(request({ tenant: 'b', key: 'room' }), NOW)).toBeUndefined();
      expect((await keys.reserve(request({ key: 'large-0' }), NOW))?.body).toHaveLength(large.body.length);
      expect(await keys.reserve(request(), NOW + IDEMPOTENCY.lastsMs)).toBeUndefined();
    });
  });
}
