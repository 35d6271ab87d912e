import { DomainError } from '@serendip/shared-errors';

/** Where a Redis is, and as whom it is used. */
export interface RedisAddress {
  readonly isCluster: boolean;
  /** One, or some nodes of a cluster. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** How many replicas must have a commit before it resolves. */
  readonly replicas: number;
}

const FORM = /^(?<scheme>redis|redis-cluster):\/\/(?:(?<username>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<nodes>[^@/?]+)(?:\/(?<database>\d*))?(?:\?replicas=(?<replicas>\d+))?$/;
const NODE = /^(?<host>\[[0-9a-fA-F:]+\]|[^:\s]+)(?::(?<port>\d{1,5}))?$/;
const DEFAULT_PORT = 6379;

/**
 * The address that a URL names: `redis://[user:password@]host[:port][/database][?replicas=n]`, or `redis-cluster://` with several
 * `host:port`, separated by commas, and no database. Throws INVALID_ARGUMENT/STATE_STORE_UNKNOWN.
 */
export function redisAddressOf(url: string): RedisAddress {
  const { scheme, username, password, nodes = '', database, replicas } = FORM.exec(url)?.groups ?? {};
  const isCluster = scheme === 'redis-cluster';
  const places = nodes.split(',').map(nodeOf);
  if (places.includes(undefined) || (isCluster ? Boolean(database) : places.length > 1)) {
    throw new DomainError('INVALID_ARGUMENT', 'STATE_STORE_UNKNOWN', `The URL of the state store is not understood (it begins with '${url.split('/')[0]}'): use ${REDIS_FORMS}.`);
  }
  return {
    isCluster, nodes: places as RedisAddress['nodes'], username: decoded(username), password: decoded(password), database: Number(database || 0), replicas: Number(replicas ?? 0),
  };
}

export const REDIS_FORMS = 'redis://host:port/database or redis-cluster://host:port,host:port';

function nodeOf(text: string): { readonly host: string; readonly port: number } | undefined {
  const { host, port } = NODE.exec(text)?.groups ?? {};
  return host === undefined ? undefined : { host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? DEFAULT_PORT) };
}

const decoded = (text: string | undefined): string | undefined => (text ? decodeURIComponent(text) : undefined);
