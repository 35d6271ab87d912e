import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A Lua script, sent whole only to a server that has not seen it. */
export class Script {
  private readonly hash: string;

  constructor(private readonly text: string) {
    this.hash = createHash('sha1').update(text).digest('hex');
  }

  /** Runs it; `keys` are all that it touches. */
  async run(client: Redis, keys: readonly string[], args: readonly (string | number | Buffer)[]): Promise<unknown> {
    try {
      return await client.call('EVALSHA', [this.hash, keys.length, ...keys, ...args]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return client.call('EVAL', [this.text, keys.length, ...keys, ...args]);
    }
  }
}
