/** A bare HTTP client on kept-alive connections; imports nothing of Serendip's, as nothing in this folder does. */
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 512 });

export interface Answer {
  readonly status: number;
  readonly body: any;
}

/** One request; rejects when there is no whole answer in time. */
export function send(url: string, { method = 'GET', key, body, timeoutMs }: { method?: string; key: string; body?: unknown; timeoutMs: number }): Promise<Answer> {
  const { hostname, port, pathname, search } = new URL(url);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = { authorization: `Bearer ${key}`, ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }) };
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

/** Two gateways and the habit of the browser SDK: on failure the other one, once, and it stays there. */
export class TwoGateways {
  private preferred = 0;

  private readonly urls: readonly string[];
  private readonly key: string;

  constructor(urls: readonly string[], key: string) {
    this.urls = urls;
    this.key = key;
  }

  async send(path: string, options: { method?: string; body?: unknown; firstMs: number; secondMs: number }): Promise<Answer> {
    const first = this.preferred;
    const answer = await send(this.urls[first]! + path, { ...options, key: this.key, timeoutMs: options.firstMs }).catch((error: Error) => error);
    if (!(answer instanceof Error) && answer.status < 500) return answer;
    const other = (first + 1) % this.urls.length;
    if (this.preferred === first) this.preferred = other;
    return send(this.urls[other]! + path, { ...options, key: this.key, timeoutMs: options.secondMs });
  }
}
