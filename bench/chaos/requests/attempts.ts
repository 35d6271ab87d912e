import type { Bytes } from './wire.ts';

/** One hostile or malformed request, or several on one connection, and what may come of it. */
export interface Attempt extends Bytes {
  /** What is wrong with it, in a few words. */
  readonly kind: string;
  /** The operation that it is about; empty for none. */
  readonly operation: string;
  /** It must be refused; else it may be valid by chance. */
  readonly malformed: boolean;
}

export type Header = readonly [name: string, value: string];

export interface Parts {
  readonly method: string;
  readonly target: string;
  readonly headers?: readonly Header[];
  readonly body?: Buffer | undefined;
}

/** A request as a correct client writes it, but for what its parts say. Headers are written byte for character. */
export function requestBytes({ method, target, headers = [], body }: Parts): Buffer {
  const length = body === undefined ? [] : [['content-length', String(body.length)] as const];
  const head = [`${method} ${target} HTTP/1.1`, ...[['host', 'gateway'] as const, ...headers, ...length].map(([name, value]) => `${name}: ${value}`)].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body ?? Buffer.alloc(0)]);
}

export const JSON_TYPE: Header = ['content-type', 'application/json'];

export const bearer = (key: string): Header => ['authorization', `Bearer ${key}`];
