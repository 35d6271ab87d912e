import { Agent, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@serendip/shared-errors';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const MOST_TRIES = 30;
const MOST_WAIT_MS = 5000;
const TIMEOUT_MS = 20_000;
const RETRIED = new Set([429, 502, 503, 504]);

export interface ClientOptions {
  readonly connections?: number;
  /** How often what is safe to send again is sent; 1 for once. */
  readonly tries?: number;
}

/** The gateway over HTTP, on kept-alive connections; tries again what is safe to send again. */
export class GatewayClient {
  private readonly base: URL;
  private readonly agent: Agent;
  private readonly tries: number;

  constructor(base: string, private readonly key: string, { connections = 8, tries = MOST_TRIES }: ClientOptions = {}) {
    this.base = new URL(base);
    this.tries = tries;
    const Kind = this.base.protocol === 'https:' ? SecureAgent : Agent;
    this.agent = new Kind({ keepAlive: true, maxSockets: connections });
  }

  /**
   * The answer's body. Waits and tries again while the gateway is away or busy; throws INVALID_ARGUMENT or the like with the
   * gateway's own reason for every other refusal, and the whole problem as JSON in its metadata.
   */
  async send(method: string, path: string, body?: string, retried: (status: number, reason: string) => boolean = () => false): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const { answer, failure } = await this.once(method, path, body).then((given) => ({ answer: given, failure: undefined }), (error: Error) => ({ answer: undefined, failure: error }));
      if (answer !== undefined && answer.status < 300) return answer.body;
      const problem = answer === undefined ? { reason: 'GATEWAY_UNREACHABLE', detail: failure.message } : (answer.body as { reason?: string; detail?: string });
      const again = answer === undefined || RETRIED.has(answer.status) || retried(answer.status, problem.reason ?? '');
      if (!again || attempt >= this.tries) {
        throw new DomainError(answer === undefined ? 'UNAVAILABLE' : 'INVALID_ARGUMENT', problem.reason ?? 'REFUSED', `${method} ${this.base.origin}${path}: ${problem.detail ?? 'refused'}`, {
          metadata: answer === undefined ? { cause: failure.message } : { problem: JSON.stringify(answer.body) },
        });
      }
      await sleep(Math.random() * Math.min(MOST_WAIT_MS, 50 * 2 ** attempt));
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private once(method: string, path: string, body: string | undefined): Promise<Answer> {
    const call = this.base.protocol === 'https:' ? secureRequest : request;
    const headers = { authorization: `Bearer ${this.key}`, ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }) };
    return new Promise((resolve, reject) => {
      const sent = call({ agent: this.agent, hostname: this.base.hostname, port: this.base.port, method, path, headers, timeout: TIMEOUT_MS }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString()) }));
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

function parse(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return { detail: text.slice(0, 200) };
  }
}
