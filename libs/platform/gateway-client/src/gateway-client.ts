import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@serendip/shared-errors';
import { ask, type Outcome } from './ask.js';

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
  /** Statuses that are worth another try; by default those of a gateway that is busy, away or at fault. */
  readonly retryStatuses?: readonly number[];
}

export interface Sending {
  /** Sent as JSON; a text is JSON already, and a form goes as multipart/form-data, its files streamed. */
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

const RETRY_STATUSES = [408, 425, 429, 500, 502, 503, 504];

/** The gateway over HTTP: JSON in, JSON out, tried again while that makes sense. */
export class GatewayClient {
  private readonly bases: readonly string[];
  private current = 0;

  /** Throws INVALID_ARGUMENT/NO_GATEWAY without any gateway, and what URL throws for one that is no URL. */
  constructor(private readonly options: GatewayOptions) {
    if (options.gateways.length === 0) throw new DomainError('INVALID_ARGUMENT', 'NO_GATEWAY', 'At least one gateway URL is needed.');
    this.bases = options.gateways.map((url) => new URL(url).href.replace(/\/$/, ''));
  }

  /**
   * The answer's body. Throws UNAVAILABLE/GATEWAY_UNREACHABLE, with what was in the way as `cause` in its metadata, when no try got through; the gateway's
   * own reason when it refused, with the whole problem as JSON in its metadata; CANCELLED/STOPPED when the signal was aborted.
   */
  async send(method: string, path: string, { body, signal, retryReasons = [] }: Sending = {}): Promise<unknown> {
    const { tries = 6, longestWaitMs = 2_000, retryStatuses = RETRY_STATUSES } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.tryOnce(method, path, { body, signal });
      const { status } = outcome;
      if (status >= 200 && status < 300) return outcome.body;
      if (signal?.aborted) throw new DomainError('CANCELLED', 'STOPPED', 'Stopped.');
      const isWorthIt = status === 0 || retryStatuses.includes(status) || retryReasons.includes(problemOf(outcome).reason ?? '');
      if (!isWorthIt || attempt >= tries) throw refusal(`${method} ${this.base}${path}`, outcome);
      if (status === 0 || status >= 500) this.current += 1;
      const waitMs = outcome.retryAfterMs ?? Math.min(longestWaitMs, 50 * 2 ** attempt) * (0.5 + Math.random() / 2);
      await sleep(Math.min(waitMs, longestWaitMs), undefined, { ...(signal === undefined ? {} : { signal }) }).catch(() => undefined);
    }
  }

  private get base(): string {
    return this.bases[this.current % this.bases.length]!;
  }

  private tryOnce(method: string, path: string, { body, signal }: Sending): Promise<Outcome> {
    const { key, timeoutMs = 5_000 } = this.options;
    const encoded = body instanceof FormData ? new Response(body) : body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const type = encoded instanceof Response ? encoded.headers.get('content-type')! : 'application/json';
    return ask(`${this.base}${path}`, {
      method, timeoutMs, signal, headers: { authorization: `Bearer ${key}`, ...(encoded === undefined ? {} : { 'content-type': type }) }, body: encoded,
    });
  }
}

const problemOf = ({ body }: Outcome): Problem => (body ?? {}) as Problem;

function refusal(request: string, outcome: Outcome): DomainError {
  const { status } = outcome;
  const { reason = `HTTP_${status}`, detail, title } = problemOf(outcome);
  return new DomainError(status === 0 || status >= 500 ? 'UNAVAILABLE' : 'INVALID_ARGUMENT', reason, `${request}: ${detail ?? title ?? `answered ${status}`}`, {
    metadata: status === 0 ? { cause: detail ?? '' } : { problem: JSON.stringify(problemOf(outcome)) },
  });
}
