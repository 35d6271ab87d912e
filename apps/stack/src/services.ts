/** What the supervisor runs: one entry for each process, in the order of the screen. */
export interface ServiceSpec {
  readonly name: string;
  readonly app: string;
  readonly port: number;
  readonly adminPort: number;
  /** One clause for the screen. */
  readonly what: string;
  /** How far it steps back for the others on a busy machine, 0 to 19: what answers no requests must not slow those who do. */
  readonly niceness?: number;
}

/** Below the ports of outgoing connections, so that a service finds its own free when it starts again. */
const base = (name: string, place: number, what: string): ServiceSpec => ({ name, app: name, port: 15_050 + place, adminPort: 9090 + place, what });

/** Every service but the gateways; feature stores listen on ports of their own. */
export const servicesWith = (featureStores: number): readonly ServiceSpec[] => [
  { ...base('control', 5, 'tenants, keys, placements, models'), niceness: 5 },
  base('ingestion', 1, 'validates events, appends to the log'),
  ...Array.from({ length: featureStores }, (_, i) => featureStore(i, featureStores)),
  base('embedding', 3, 'candidates from every source'),
  base('ranking', 4, 'scores candidates with the model'),
  { ...base('trainer', 6, 'trains and registers models'), niceness: 5 },
];

function featureStore(place: number, count: number): ServiceSpec {
  const only = base('feature-store', 2, 'user and item state from the log');
  if (count === 1) return only;
  return { ...only, name: `feature-store-${place + 1}`, ...(place === 0 ? {} : { port: 15_060 + place, adminPort: 9110 + place }) };
}

/** Gateways listen on neighbouring ports. */
export function gateways(count: number, port: number): readonly ServiceSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    name: count === 1 ? 'gateway' : `gateway-${i + 1}`,
    app: 'gateway',
    port: port === 0 ? 0 : port + i,
    adminPort: i === 0 ? 9090 : 9097 + i,
    what: 'the public HTTP API',
  }));
}

export interface Engines {
  /** Directory of everything that is kept. */
  readonly data: string;
  readonly databaseUrl: string;
  /** URLs of the log and the state; LMDB in `data` where there is none. */
  readonly log?: string | undefined;
  readonly state?: string | undefined;
  /** URL of the objects; a directory in `data` where there is none. */
  readonly objects?: string | undefined;
}

/** Environment of one service: deployment facts only, as every service's config schema names them. */
export function environmentOf(spec: ServiceSpec, all: readonly ServiceSpec[], engines: Engines): Record<string, string> {
  const apps = Map.groupBy(all.filter(({ app }) => app !== 'gateway'), ({ app }) => app);
  const targets = Object.fromEntries([...apps].map(([app, list]) => [`SERENDIP_${app.toUpperCase().replaceAll('-', '_')}_TARGET`, targetOf(list)]));
  return {
    ...targets,
    SERENDIP_HOST: '127.0.0.1',
    SERENDIP_PORT: String(spec.port),
    SERENDIP_ADMIN_PORT: String(spec.adminPort),
    SERENDIP_LOG: engines.log ?? `lmdb:${engines.data}/log`,
    SERENDIP_STATE: engines.state ?? `lmdb:${engines.data}/state`,
    SERENDIP_OBJECTS: engines.objects ?? `file:${engines.data}/objects`,
    // It holds a password: nobody but control is told.
    ...(spec.app === 'control' ? { SERENDIP_CONTROL_DATABASE: engines.databaseUrl } : {}),
    SERENDIP_DATA_DIR: `${engines.data}/${spec.name}`,
  };
}

/** Where to reach a service: one address, or several that calls go round. */
export function targetOf(specs: readonly ServiceSpec[]): string {
  const addresses = specs.map(({ port }) => `127.0.0.1:${port}`);
  return addresses.length === 1 ? addresses[0]! : `ipv4:${addresses.join(',')}`;
}
