import { decide, isOver, type IdempotencyKeys, type IdempotentRequest, type KeptAnswer, type KeptKey } from '../idempotency.js';

const idOf = ({ tenant, key }: IdempotentRequest): string => `${tenant}\0${key}`;

/** Keys in memory. */
export class InMemoryIdempotencyKeys implements IdempotencyKeys {
  private readonly keys = new Map<string, KeptKey>();

  async reserve(request: IdempotentRequest, nowMs: number): Promise<KeptAnswer | undefined> {
    for (const [id, kept] of this.keys) if (isOver(kept, nowMs)) this.keys.delete(id);
    const own = [...this.keys].filter(([id]) => id.startsWith(`${request.tenant}\0`));
    const inUse = { count: own.length, bytes: own.reduce((sum, [, { answer }]) => sum + (answer?.body.length ?? 0), 0) };
    const decision = decide(this.keys.get(idOf(request)), request, { nowMs, inUse });
    if (decision !== 'take') return decision;
    this.keys.set(idOf(request), { fingerprint: request.fingerprint, reservedAtMs: nowMs, answer: undefined });
    return undefined;
  }

  async keep(request: IdempotentRequest, answer: KeptAnswer): Promise<void> {
    const kept = this.own(request);
    if (kept !== undefined) this.keys.set(idOf(request), { ...kept, answer });
  }

  async release(request: IdempotentRequest): Promise<void> {
    if (this.own(request) !== undefined) this.keys.delete(idOf(request));
  }

  private own(request: IdempotentRequest): KeptKey | undefined {
    const kept = this.keys.get(idOf(request));
    return kept !== undefined && kept.answer === undefined && Buffer.compare(kept.fingerprint, request.fingerprint) === 0 ? kept : undefined;
  }
}
