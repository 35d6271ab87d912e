/** Sends events as fast as a show needs them: texts are written by hand, because making JSON of objects would take the senders longer than the gateway. */
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { StackState } from './stack-process.ts';

const USERS = 20_000;
const ITEMS = 5_000;
const TYPES = ['view', 'view', 'view', 'click', 'add_to_cart', 'purchase'];

let serial = 0;

/** The body of a request; every event has an id of its own, as a client's has. */
export function eventsText(count: number): string {
  let body = '{"events":[';
  for (let i = 0; i < count; i++) {
    const n = serial++;
    body += `${i === 0 ? '' : ','}{"eventId":"e-${process.pid}-${n}","type":"${TYPES[n % TYPES.length]}","userId":"u-${(n * 7919) % USERS}","itemId":"i-${(n * 104_729) % ITEMS}","eventTime":${Date.now()}}`;
  }
  return `${body}]}`;
}

export interface Reply {
  readonly status: number;
  /** Of a problem; empty where there is none. */
  readonly reason: string;
  /** Whether the sender is told when to come back. */
  readonly tellsWhen: boolean;
}

export class EventSender {
  private readonly agent: Agent;
  private readonly url: URL;
  private readonly key: string;
  private readonly patienceMs: number;

  /** @param connections as many requests are under way at most. @param patienceMs a connection that is silent for so long has failed. */
  constructor({ gateways, keys }: StackState, { connections, patienceMs }: { readonly connections: number; readonly patienceMs: number }) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.url = new URL(gateways[0]!);
    this.key = keys.secret;
    this.patienceMs = patienceMs;
  }

  /** Rejects when the connection fails. */
  post(body: string): Promise<Reply> {
    const { hostname, port } = this.url;
    const headers = { authorization: `Bearer ${this.key}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const sent = request({ agent: this.agent, hostname, port, path: '/v1/events', method: 'POST', timeout: this.patienceMs, headers }, (response) => {
        const status = response.statusCode ?? 0;
        if (status === 202) response.resume().once('end', () => resolve({ status, reason: '', tellsWhen: false })).once('error', reject);
        else text(response).then((problem) => resolve({ status, reason: /"reason":"(\w+)"/.exec(problem)?.[1] ?? '', tellsWhen: Number(response.headers['retry-after']) > 0 }), reject);
      });
      sent.once('timeout', () => sent.destroy(new Error('The gateway is silent.')));
      sent.once('error', reject);
      sent.end(body);
    });
  }
}
