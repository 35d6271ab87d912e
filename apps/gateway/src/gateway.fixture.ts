import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ConfigWatcher } from '@serendip/platform-config';
import { createLogger } from '@serendip/platform-logging';
import { control, create, type MessageInitShape } from '@serendip/shared-contracts';
import { Registry } from 'prom-client';
import { Backends, type BackendName } from './backends.fixture.js';
import { Clients } from './clients.js';
import { createApp } from './create-app.js';
import { gatewayConfig } from './gateway.config.js';
import { Readiness } from './readiness.js';

// The gateway keeps its real deadlines here: a machine that does something else for a fifth of a second makes an answer degraded. What failed is printed, and tried again.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

export const SECRET = 'sk_test';
export const PUBLISHABLE = 'pk_test';
export const SIGNING_KEY = new Uint8Array(32).fill(7);

const hash = (key: string) => createHash('sha256').update(key).digest();

const tenantOf = (more: MessageInitShape<typeof control.TenantSchema> = {}): MessageInitShape<typeof control.TenantSchema> => ({
  id: 'default',
  signingKey: SIGNING_KEY,
  keys: [
    { id: 'secret', kind: control.KeyKind.SECRET, hash: hash(SECRET) },
    { id: 'publishable', kind: control.KeyKind.PUBLISHABLE, hash: hash(PUBLISHABLE) },
    { id: 'shop', kind: control.KeyKind.PUBLISHABLE, hash: hash('pk_shop'), origins: ['https://shop.example'] },
    { id: 'old', kind: control.KeyKind.SECRET, hash: hash('sk_expired'), expiresAtMs: 1 },
  ],
  models: [1, 2].flatMap((version) => [
    { name: 'cf', version, kind: control.ModelKind.RETRIEVER, createdAtMs: 1000, digest: 'abc', bundle: `models/cf/${version}` },
    { name: 'dcn', version, kind: control.ModelKind.RANKER, createdAtMs: 1000, digest: 'def', bundle: `models/dcn/${version}`, metrics: { 'ndcg@10': 0.5 } },
  ]),
  aliases: [{ model: 'cf', alias: 'champion', version: 1 }, { model: 'dcn', alias: 'champion', version: 2 }],
  placements: ['home', 'item', 'cart'].map((name) => ({
    name, version: 1, sources: [{ name: 'popular', limit: 50 }], hideAfter: ['purchase'], retriever: 'cf@champion', ranker: 'dcn@champion', candidates: 50, fallback: 'popular',
  })),
  ...more,
});

/** A config watcher that knows one snapshot, which a test may replace. */
export class FixedConfig {
  private readonly listeners = new Set<(snapshot: control.ConfigSnapshot) => void>();
  current: control.ConfigSnapshot;

  constructor(...tenants: MessageInitShape<typeof control.TenantSchema>[]) {
    this.current = create(control.ConfigSnapshotSchema, { version: 1, tenants: tenants.length === 0 ? [tenantOf()] : tenants.map(tenantOf) });
  }

  tenant(id: string): control.Tenant | undefined {
    return this.current.tenants.find((tenant) => tenant.id === id);
  }

  onChange(listener: (snapshot: control.ConfigSnapshot) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  set(more: MessageInitShape<typeof control.TenantSchema>): void {
    this.current = create(control.ConfigSnapshotSchema, { version: this.current.version + 1, tenants: [tenantOf(more)] });
    for (const listener of this.listeners) listener(this.current);
  }

  asWatcher(): ConfigWatcher {
    return this as unknown as ConfigWatcher;
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a test reads from an answer is what it asserts
  readonly json: any;
}

export interface Ask {
  readonly key?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Route {
  readonly method: string;
  readonly url: string;
}

/** The gateway in this process, over fakes of every service on loopback. */
export class Gateway {
  readonly app: NestFastifyApplication;
  readonly backends: Backends;
  readonly config: FixedConfig;
  readonly directory: string;
  /** What was logged as an error. */
  readonly logged: readonly Record<string, unknown>[];
  readonly registry: Registry;
  /** Every route as the router has it. */
  readonly routes: readonly Route[];

  private constructor(parts: Pick<Gateway, 'app' | 'backends' | 'config' | 'directory' | 'logged' | 'registry' | 'routes'>) {
    ({ app: this.app, backends: this.backends, config: this.config, directory: this.directory, logged: this.logged, registry: this.registry, routes: this.routes } = parts);
  }

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<Gateway> {
    const backends = await Backends.start();
    const directory = await mkdtemp(join(tmpdir(), 'serendip-gateway-'));
    const targets: readonly (readonly [string, BackendName])[] = [
      ['INGESTION', 'ingestion'], ['FEATURE_STORE', 'featureStore'], ['EMBEDDING', 'embedding'], ['RANKING', 'ranking'], ['CONTROL', 'control'], ['TRAINER', 'trainer'],
    ];
    const config = gatewayConfig.parse({
      SERENDIP_DATA_DIR: directory, SERENDIP_OBJECTS: `file:${directory}`,
      ...Object.fromEntries(targets.map(([variable, name]) => [`SERENDIP_${variable}_TARGET`, backends.target(name)])), ...environment,
    });
    const watcher = new FixedConfig();
    const logged: Record<string, unknown>[] = [];
    const logger = createLogger('gateway', 'error', { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) });
    const registry = new Registry();
    const app = await createApp({ config, watcher: watcher.asWatcher(), registry, logger });
    const routes: Route[] = [];
    app.getHttpAdapter().getInstance().addHook('onRoute', ({ method, url }) => void routes.push(...[method].flat().map((each) => ({ method: each, url }))));
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new Gateway({ app, backends, config: watcher, directory, logged, registry, routes });
  }

  /** `METHOD /path`; the secret key unless another, or null for none, is given; an object is sent as JSON, text and bytes as they are. */
  async ask(route: string, { key = SECRET, body, headers = {} }: Ask = {}): Promise<Answer> {
    const [method, url] = route.split(' ', 2) as ['GET', string];
    const response = await this.app.inject({
      method, url,
      headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    });
    const isJson = /json/.test(String(response.headers['content-type']));
    return {
      status: response.statusCode, headers: response.headers as Answer['headers'], text: response.body, json: isJson && response.body !== '' ? response.json() : undefined,
    };
  }

  async close(): Promise<void> {
    this.app.get(Readiness).stop();
    await this.app.close();
    this.app.get(Clients).close();
    await this.backends.stop();
    // What was broken off may still be cleaning up there.
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
