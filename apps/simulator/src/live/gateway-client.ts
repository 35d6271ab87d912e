import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@serendip/shared-errors';

export interface GatewayOptions {
  /** Base URLs; a failed request goes on to the next one. */
  readonly gateways: readonly string[];
  readonly key: string;
  /** Per try, 5 seconds by default. */
  readonly timeoutMs?: number;
  /** How often a request is tried before it is given up, 6 by default. */
  readonly tries?: number;
  /** Longest wait between two tries, 2 seconds by default. */
  readonly longestWaitMs?: number;
}

export interface Sending {
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Reasons of the gateway's problems that are worth another try. */
  readonly retryReasons?: readonly string[];
}

interface Problem {
  readonly reason?: string;
  readonly detail?: string;
  readonly title?: string;
}

const worthAnotherTry = new Set([408, 425, 429, 500, 502, 503, 504]);

/** The gateway over HTTP: JSON in, JSON out, tried again while that makes sense. */
export class GatewayClient {
  private current = 0;

  constructor(private readonly options: GatewayOptions) {
    if (options.gateways.length === 0) throw new DomainError('INVALID_ARGUMENT', 'NO_GATEWAY', 'At least one gateway URL is needed.');
  }

  /**
   * The answer's body. Throws UNAVAILABLE/GATEWAY_UNREACHABLE when no try got through, INVALID_ARGUMENT with the gateway's own reason
   * when it refused, CANCELLED/STOPPED when the signal was aborted.
   */
  async send(method: string, path: string, { body, signal, retryReasons = [] }: Sending = {}): Promise<unknown> {
    const { tries = 6, longestWaitMs = 2_000 } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.tryOnce(method, path, { body, signal });
      if (outcome.status >= 200 && outcome.status < 300) return outcome.body;
      if (signal?.aborted) throw new DomainError('CANCELLED', 'STOPPED', 'Stopped.');
      const { reason, detail, title } = outcome.body as Problem;
      const isWorthIt = outcome.status === 0 || worthAnotherTry.has(outcome.status) || retryReasons.includes(reason ?? '');
      if (!isWorthIt || attempt >= tries) {
        const code = outcome.status === 0 || outcome.status >= 500 ? 'UNAVAILABLE' : 'INVALID_ARGUMENT';
        throw new DomainError(code, reason ?? `HTTP_${outcome.status}`, `${method} ${this.base}${path}: ${detail ?? title ?? `answered ${outcome.status}`}`);
      }
      if (outcome.status === 0 || outcome.status >= 500) this.current += 1;
      const wait = outcome.retryAfterMs ?? Math.min(longestWaitMs, 50 * 2 ** attempt) * (0.5 + Math.random() / 2);
      await sleep(Math.min(wait, longestWaitMs), undefined, { ...(signal === undefined ? {} : { signal }) }).catch(() => undefined);
    }
  }

  private get base(): string {
    return this.options.gateways[this.current % this.options.gateways.length]!.replace(/\/$/, '');
  }

  private async tryOnce(method: string, path: string, { body, signal }: Sending): Promise<{ status: number; body: unknown; retryAfterMs?: number }> {
    const timeout = AbortSignal.timeout(this.options.timeoutMs ?? 5_000);
    const headers = { authorization: `Bearer ${this.options.key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    try {
      const response = await fetch(`${this.base}${path}`, {
        method, headers, signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]), ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
      return { status: response.status, body: parse(text), ...(Number.isNaN(retryAfter) ? {} : { retryAfterMs: 1_000 * retryAfter }) };
    } catch (error) {
      return { status: 0, body: { reason: 'GATEWAY_UNREACHABLE', detail: reasonOf(error) } };
    }
  }
}

function parse(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return { detail: text.slice(0, 200) };
  }
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
