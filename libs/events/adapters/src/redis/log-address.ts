import { DomainError } from '@serendip/shared-errors';
import type { RedisOptions } from 'ioredis';

/** Where a log lives. */
export interface LogAddress {
  /** For people: without user and password. */
  readonly name: string;
  readonly server: RedisOptions;
  /** How many replicas must have a record before it is acknowledged. */
  readonly replicas: number;
}

const form = 'redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE][?replicas=N], or rediss:// for TLS';

/** Reads `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE][?replicas=N]` or `rediss://…`. INVALID_ARGUMENT/LOG_URL_INVALID for anything else. */
export function parseLogAddress(text: string): LogAddress {
  const url = URL.parse(text);
  const database = /^\/?(?<number>\d*)$/.exec(url?.pathname ?? '?')?.groups?.['number'];
  const { replicas = '0', ...others } = Object.fromEntries(url?.searchParams ?? []);
  if (url === null || url.hostname === '' || database === undefined || !/^\d{1,3}$/.test(replicas) || Object.keys(others).length > 0) {
    throw new DomainError('INVALID_ARGUMENT', 'LOG_URL_INVALID', `The URL of the event log is not of the form ${form}.`);
  }
  const port = Number(url.port || 6379);
  const db = Number(database);
  return {
    name: `${url.protocol}//${url.hostname}:${port}/${db}`,
    server: {
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port, db,
      ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
      ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
      ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    },
    replicas: Number(replicas),
  };
}
