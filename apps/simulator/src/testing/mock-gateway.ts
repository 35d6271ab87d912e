import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { MockRecommender, type MockEvent, type MockItem } from './mock-recommender.js';

export interface MockGatewayOptions {
  /** Folder of the shop's page; nothing is served there by default. */
  readonly shopFolder?: string;
  readonly title?: string;
  readonly shoppers?: readonly { readonly id: string; readonly name: string }[];
  /** Items that are there from the start. */
  readonly items?: readonly MockItem[];
}

interface MockImport {
  readonly id: string;
  readonly name: string;
  lastBatch: number;
  readonly events: MockEvent[];
}

type Body = Record<string, unknown>;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const ok = (body: unknown, status = 200): Answer => ({ status, body });

const problem = (status: number, reason: string): Answer => ({ status, body: { type: 'about:blank', status, reason, detail: `Mock: ${reason}.` } });

const mediaTypes: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' };

/** Stands in for the gateway, in memory: what the simulator and the shop's page need of the public API, and nothing behind it. For tests only. */
export class MockGateway {
  readonly recommender = new MockRecommender();
  readonly events: MockEvent[] = [];
  readonly imports = new Map<string, MockImport>();
  readonly users = new Map<string, unknown>();
  /** Answers this status to everything while it is set. */
  failing: number | undefined;
  requests = 0;
  largestBody = 0;
  private server: Server | undefined;

  constructor(private readonly options: MockGatewayOptions = {}) {
    this.recommender.add(options.items ?? []);
  }

  /** Listens on a free port unless one is given, and answers the base URL. */
  async start(port = 0): Promise<string> {
    this.server = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => send(response, problem(500, String(error))));
    });
    await new Promise<void>((resolve) => this.server!.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise<void>((resolve) => { if (this.server === undefined) resolve(); else this.server.close(() => resolve()); });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const { pathname } = new URL(request.url ?? '/', 'http://mock');
    if (pathname === '/shop' || (pathname.startsWith('/shop/') && pathname !== '/shop/config.json')) return this.serveFile(pathname, response);
    const text = await textOf(request);
    this.largestBody = Math.max(this.largestBody, Buffer.byteLength(text));
    if (this.failing !== undefined) return send(response, problem(this.failing, 'MOCK_FAILURE'));
    if (pathname === '/shop/config.json') return send(response, ok(this.shopConfig()));
    if (request.headers.authorization === undefined) return send(response, problem(401, 'KEY_MISSING'));
    return send(response, this.route(request.method ?? 'GET', pathname, text === '' ? {} : (JSON.parse(text) as Body)));
  }

  private route(method: string, path: string, body: Body): Answer {
    const [, , collection, id, , n] = path.split('/');
    if (path === '/v1/recommendations' && method === 'POST') return ok(this.recommender.recommend(body));
    if (path === '/v1/events' && method === 'POST') return this.takeEvents((body.events ?? [body]) as readonly MockEvent[]);
    if (path === '/v1/items:batch') {
      this.recommender.add(body.items as readonly MockItem[]);
      return ok({ accepted: (body.items as unknown[]).length, rejected: [] }, 202);
    }
    if (collection === 'users' && method === 'PUT') {
      this.users.set(id!, body);
      return ok({ id, accepted: true }, 202);
    }
    if (path === '/v1/imports') return ok(progressOf(this.openImport(String(body.name))));
    if (collection === 'imports' && id !== undefined) return this.continueImport(id, n, body);
    return problem(404, 'ROUTE_UNKNOWN');
  }

  private takeEvents(events: readonly MockEvent[]): Answer {
    this.events.push(...events);
    for (const event of events) this.recommender.observe(event);
    return ok({ accepted: events.length, rejected: [], durability: 'process' }, 202);
  }

  private openImport(name: string): MockImport {
    const known = this.imports.get(`imp_${name}`);
    if (known !== undefined) return known;
    const opened: MockImport = { id: `imp_${name}`, name, lastBatch: 0, events: [] };
    this.imports.set(opened.id, opened);
    return opened;
  }

  private continueImport(id: string, n: string | undefined, body: Body): Answer {
    const known = this.imports.get(id);
    if (known === undefined) return problem(404, 'IMPORT_UNKNOWN');
    if (n === undefined) return ok(progressOf(known));
    if (Number(n) > known.lastBatch + 1) return problem(409, 'IMPORT_BATCH_AHEAD');
    const isNext = Number(n) === known.lastBatch + 1;
    if (isNext) {
      known.lastBatch = Number(n);
      known.events.push(...(body.events as readonly MockEvent[]));
      for (const event of body.events as readonly MockEvent[]) this.recommender.observe(event);
    }
    return ok({ ...progressOf(known), applied: isNext, batchRejected: [] });
  }

  private shopConfig(): unknown {
    const { title = 'Mock shop', shoppers = [] } = this.options;
    return { key: 'sk_mock', placements: ['home', 'item', 'cart'], title, shoppers };
  }

  private async serveFile(path: string, response: ServerResponse): Promise<void> {
    if (path === '/shop') return void response.writeHead(302, { location: '/shop/' }).end();
    const name = path === '/shop/' ? 'index.html' : path.slice('/shop/'.length);
    if (this.options.shopFolder === undefined || !/^[\w.-]+$/.test(name)) return void response.writeHead(404).end();
    const content = await readFile(join(this.options.shopFolder, name)).catch(() => undefined);
    if (content === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': mediaTypes[extname(name)] ?? 'application/octet-stream' }).end(content);
  }
}

const progressOf = ({ id, name, lastBatch, events }: MockImport): object => ({ id, name, lastBatch, accepted: events.length, rejected: 0 });

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(status === 503 ? { 'retry-after': '0' } : {}) }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
