import type { RedisOptions } from 'ioredis';

/** Where a Redis is, and as whom it is used. */
export interface RedisAddress {
  /** For people: without user and password. */
  readonly name: string;
  readonly isCluster: boolean;
  /** One, or some nodes of a cluster. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** 0 for a cluster. */
  readonly database: number;
  /** How many replicas must have what was written before it is acknowledged. */
  readonly replicas: number;
  /** How any node is logged in to. */
  readonly access: Pick<RedisOptions, 'username' | 'password' | 'tls'>;
}

/** The forms of URL that `redisAddressOf` understands, for people. */
export const REDIS_FORMS = 'redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE] or redis-cluster://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]…], with ?replicas=N if you like, and rediss:// or rediss-cluster:// for TLS; in USER and PASSWORD a % is written %25, and other signs that mean something in a URL likewise';

const FORM = /^(?<scheme>rediss?(?<cluster>-cluster)?):\/\/(?:(?<username>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<nodes>[^@/?]+)(?:\/(?<database>\d*))?(?:\?replicas=(?<replicas>\d{1,3}))?$/;
const NODE = /^(?<host>\[[0-9a-fA-F:]+\]|[^:\s[\]]+)(?::(?<port>\d{1,5}))?$/;
const DEFAULT_PORT = 6379;

/** Whether a URL says that it is of a Redis. */
export const isRedisUrl = (url: string): boolean => /^rediss?(-cluster)?:/.test(url);

/** The address that a URL of one of `REDIS_FORMS` names, undefined for any other. */
export function redisAddressOf(url: string): RedisAddress | undefined {
  const { scheme = '', cluster, username, password, nodes: listed = '', database, replicas } = FORM.exec(url)?.groups ?? {};
  const isCluster = cluster !== undefined;
  const nodes = listed.split(',').map(nodeOf);
  const [user, secret] = [decoded(username ?? ''), decoded(password ?? '')];
  if (user === undefined || secret === undefined) return undefined;
  if (!nodes.every((node) => node !== undefined) || (isCluster ? Boolean(database) : nodes.length > 1)) return undefined;
  return {
    name: `${scheme}://${nodes.map(placeOf).join(',')}${isCluster ? '' : `/${Number(database || 0)}`}`,
    isCluster,
    nodes,
    database: Number(database || 0),
    replicas: Number(replicas ?? 0),
    access: {
      ...(user === '' ? {} : { username: user }),
      ...(secret === '' ? {} : { password: secret }),
      ...(scheme.startsWith('rediss') ? { tls: {} } : {}),
    },
  };
}

/** `HOST:PORT`. */
export const placeOf = ({ host, port }: { readonly host: string; readonly port: number }): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** What stands in a URL with percent signs; undefined where one of them begins nothing. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function nodeOf(text: string): { readonly host: string; readonly port: number } | undefined {
  const { host, port } = NODE.exec(text)?.groups ?? {};
  return host === undefined ? undefined : { host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? DEFAULT_PORT) };
}
