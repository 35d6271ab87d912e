import { DomainError } from '@serendip/shared-errors';
import type { BaseOptions } from '@platformatic/kafka';

/** Where a log lives. */
export interface LogAddress {
  /** For people: without user and password. */
  readonly name: string;
  readonly brokers: readonly string[];
  /** The topic of the records. */
  readonly topic: string;
  readonly security: Pick<BaseOptions, 'sasl' | 'tls'>;
}

const form = 'kafka://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]…]/TOPIC[?sasl=plain|scram-sha-256|scram-sha-512], or kafkas:// for TLS; in USER and PASSWORD a % is written %25, and other signs that mean something in a URL likewise';
const shape = /^(?<scheme>kafkas?):\/\/(?:(?<user>[^:@/]+):(?<password>[^@/]+)@)?(?<hosts>[^@/?]+)\/(?<topic>[A-Za-z0-9._-]{1,240})(?:\?sasl=(?<sasl>plain|scram-sha-256|scram-sha-512))?$/;
const host = /^(\[[0-9A-Fa-f:]+\]|[^:\s[\]]+)(:\d{1,5})?$/;

/**
 * Reads `kafka://[USER:PASSWORD@]HOST[:PORT][,…]/TOPIC[?sasl=MECHANISM]` or `kafkas://…`; the port is 9092 and the mechanism of a
 * user SCRAM-SHA-512 unless they are said. INVALID_ARGUMENT/LOG_URL_INVALID for anything else.
 */
export function parseLogAddress(text: string): LogAddress {
  const { scheme, user, password, hosts = '', topic, sasl } = shape.exec(text)?.groups ?? {};
  const brokers = hosts.split(',');
  const login = loginOf(user, password);
  if (topic === undefined || (user !== undefined && login === undefined) || !brokers.every((broker) => host.test(broker)) || (sasl !== undefined && user === undefined)) {
    throw new DomainError('INVALID_ARGUMENT', 'LOG_URL_INVALID', `The URL of the event log is not of the form ${form}.`);
  }
  return {
    name: `${scheme}://${hosts}/${topic}`,
    brokers: brokers.map((broker) => (/:\d+$/.test(broker) ? broker : `${broker}:9092`)),
    topic,
    security: {
      ...(scheme === 'kafkas' ? { tls: {} } : {}),
      ...(login === undefined ? {} : { sasl: { mechanism: mechanisms[sasl ?? 'scram-sha-512']!, ...login } }),
    },
  };
}

/** Undefined without a user, and where a percent sign begins nothing. */
function loginOf(user: string | undefined, password = ''): { readonly username: string; readonly password: string } | undefined {
  try {
    return user === undefined ? undefined : { username: decodeURIComponent(user), password: decodeURIComponent(password) };
  } catch {
    return undefined;
  }
}

const mechanisms: Readonly<Record<string, 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'>> = { plain: 'PLAIN', 'scram-sha-256': 'SCRAM-SHA-256', 'scram-sha-512': 'SCRAM-SHA-512' };
