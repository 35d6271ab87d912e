/** A bare HTTP client on kept-alive connections; imports nothing of Serendip's, as nothing in this folder does. */
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 512 });

export interface Answer {
  readonly status: number;
  readonly body: any;
}

/** One request; rejects when there is no whole answer in time. */
export function send(url: string, { method = 'GET', key, body, timeoutMs, headers: more }: { method?: string; key: string; body?: unknown; timeoutMs: number; headers?: Readonly<Record<string, string>> }): Promise<Answer> {
  const { hostname, port, pathname, search } = new URL(url);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = { authorization: `Bearer ${key}`, ...more, ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }) };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => sent.destroy(new Error('no answer in time')), timeoutMs);
    const sent = request({ agent, hostname, port, method, path: pathname + search, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        clearTimeout(timer);
        try {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString() || '{}') });
        } catch (error) {
          reject(error);
        }
      });
    });
    sent.on('error', (error) => { clearTimeout(timer); reject(error); });
    sent.end(text);
  });
}

/**
 * Two gateways and the habit of the browser SDK: when one fails, or is silent for a while, the other is asked too, once; the first
 * good answer counts, and the client asks whoever gave it first from then on. Clients begin evenly spread, as behind a balancer.
 */
export class TwoGateways {
  private readonly preferred = new Map<string, number>();
  private urls: readonly string[];
  private readonly key: string;

  constructor(urls: readonly string[], key: string) {
    this.urls = urls;
    this.key = key;
  }

  /** The same gateways, started again elsewhere. */
  moveTo(urls: readonly string[]): void {
    this.urls = urls;
  }

  /** The first answer below 500; else the last failure. */
  async send(client: string, path: string, { patienceMs, timeoutMs, ...options }: { method?: string; body?: unknown; patienceMs: number; timeoutMs: number }): Promise<Answer> {
    const first = this.preferred.get(client) ?? this.preferred.size % this.urls.length;
    this.preferred.set(client, first);
    const other = (first + 1) % this.urls.length;
    const startedMs = performance.now();
    const ask = async (gateway: number): Promise<Answer> => {
      const answer = await send(this.urls[gateway]! + path, { ...options, key: this.key, timeoutMs: timeoutMs - (performance.now() - startedMs) });
      if (answer.status >= 500) throw Object.assign(new Error(`status ${answer.status}`), { answer });
      this.preferred.set(client, gateway);
      return answer;
    };
    let good = false;
    const asked = ask(first).then((answer) => {
      good = true;
      return answer;
    });
    const silentOrFailed = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      asked.then(() => undefined, () => undefined).then(() => { clearTimeout(timer); resolve(); });
    });
    const second = silentOrFailed.then(() => (good ? asked : ask(other)));
    try {
      return await Promise.any([asked, second]);
    } catch (error) {
      const failures = (error as AggregateError).errors as (Error & { answer?: Answer })[];
      const answered = failures.find(({ answer }) => answer !== undefined);
      if (answered?.answer !== undefined) return answered.answer;
      throw failures.at(-1)!;
    }
  }
}
