import { createHash } from 'node:crypto';

/** A Lua script and the digest that Redis knows it by. */
export interface Script {
  readonly source: string;
  readonly digest: string;
}

export const scriptOf = (source: string): Script => ({ source, digest: createHash('sha1').update(source).digest('hex') });
