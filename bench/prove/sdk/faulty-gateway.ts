import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../shared/random.ts';

const KINDS = ['unreachable', 'lost', 'unavailable'] as const;
type Kind = (typeof KINDS)[number];

/** Share of requests that fail, a third in each way. */
const FAILURES = 0.3;
const LONGEST_DELAY_MS = 250;

/**
 * Stands before a gateway and fails: it drops the connection before the gateway hears of the request (`unreachable`) or after it has
 * answered (`lost`), or answers 503 itself. The other requests it delays, so that pages close while they are under way.
 */
export class FaultyGateway {
  /** How often each event came, by its id. */
  readonly deliveries = new Map<string, number>();
  readonly faults: Record<Kind, number> = { unreachable: 0, lost: 0, unavailable: 0 };
  requests = 0;
  /** Requests that their page did not wait for. */
  abandoned = 0;
  private readonly random: () => number;
  private readonly server: Server;
  private readonly target: string;
  private healthy = false;

  constructor(target: string, seed: number) {
    this.target = target;
    this.random = seededRandom(seed);
    this.server = createServer((incoming, answer) => { this.serve(incoming, answer).catch(() => incoming.socket.destroy()); });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => { this.server.listen(0, '127.0.0.1', resolve); });
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address!.port : 0}`;
  }

  /** No more faults from now on. */
  heal(): void {
    this.healthy = true;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async serve(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await text(incoming);
    const isAsked = incoming.method === 'OPTIONS';
    if (!isAsked) {
      this.requests++;
      this.count(body);
    }
    const fault = this.draw();
    answer.once('close', () => { if (!answer.writableFinished && fault !== 'lost' && fault !== 'unreachable') this.abandoned++; });
    if (!this.healthy) await sleep(this.random() * LONGEST_DELAY_MS);
    if (fault === 'unreachable') {
      incoming.socket.destroy();
      return;
    }
    if (fault === 'unavailable') {
      // What stands before a gateway says nothing of origins: to a page on another one this is no answer at all. Half of them do.
      const origin = this.random() < 0.5 ? {} : { 'access-control-allow-origin': incoming.headers.origin ?? '*', 'access-control-expose-headers': 'retry-after' };
      answer.writeHead(503, { ...origin, 'retry-after': '1', 'content-type': 'application/problem+json' }).end('{"reason":"PEER_UNAVAILABLE","detail":"injected"}');
      return;
    }
    const { status, headers, reply } = await this.forward(incoming, body);
    if (!this.healthy) await sleep(this.random() * LONGEST_DELAY_MS);
    if (fault === 'lost') incoming.socket.destroy();
    else answer.writeHead(status, headers).end(reply);
  }

  private draw(): Kind | undefined {
    const at = this.random() / FAILURES;
    if (this.healthy || at >= 1) return undefined;
    const kind = KINDS[Math.floor(at * KINDS.length)]!;
    this.faults[kind]++;
    return kind;
  }

  private count(body: string): void {
    const { events = [] } = JSON.parse(body) as { events?: { eventId: string }[] };
    for (const { eventId } of events) this.deliveries.set(eventId, (this.deliveries.get(eventId) ?? 0) + 1);
  }

  private forward({ method, url, headers }: IncomingMessage, body: string): Promise<{ status: number; headers: Record<string, string>; reply: string }> {
    return new Promise((resolve, reject) => {
      const outgoing = request(this.target + url, { method, headers: { ...headers, connection: 'close' } }, (response) => {
        void text(response).then((reply) => {
          const kept = Object.entries(response.headers).filter(([name]) => !['connection', 'transfer-encoding', 'content-length', 'keep-alive'].includes(name));
          resolve({ status: response.statusCode ?? 502, headers: Object.fromEntries(kept) as Record<string, string>, reply });
        }, reject);
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }
}
