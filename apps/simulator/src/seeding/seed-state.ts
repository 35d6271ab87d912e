import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DomainError } from '@serendip/shared-errors';
import { z } from 'zod';

const schema = z.object({
  import: z.string(),
  seed: z.number(),
  now: z.number(),
  events: z.number(),
  days: z.number(),
  products: z.number(),
  shoppers: z.number(),
});

/** What makes a seeded shop: with it the same world and the same history can be made again. */
export type SeedState = Readonly<z.infer<typeof schema>>;

/** Undefined when there is no such file. Throws FAILED_PRECONDITION/SEED_STATE_UNREADABLE for one that is no seed state. */
export function readSeedState(file: string): SeedState | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new DomainError('FAILED_PRECONDITION', 'SEED_STATE_UNREADABLE', `${file} is not a seed state: delete it or name another with --state.`, { cause });
  }
}

export function writeSeedState(file: string, state: SeedState): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(state, null, 2)}\n`);
}
