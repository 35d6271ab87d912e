import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const keys = z.object({ secret: z.string() });
const stack = z.object({ pid: z.number().int().positive(), gateways: z.array(z.string()).nonempty() });

/** The secret key of the demo that was started in this folder; undefined where there is none. */
export const demoKey = (folder = process.cwd()): string | undefined => quietly(() => keys.parse(read(folder, 'keys.json')).secret);

/** The gateway of the demo that runs in this folder; undefined where none does. */
export const demoGateway = (folder = process.cwd()): string | undefined => quietly(() => {
  const { pid, gateways } = stack.parse(read(folder, 'stack.json'));
  // Throws where it has ended.
  process.kill(pid, 0);
  return gateways[0];
});

const read = (folder: string, name: string): unknown => JSON.parse(readFileSync(join(folder, '.serendip/demo', name), 'utf8'));

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
