/** A MovieLens 1M folder in time order, and the part of it that may be known beforehand as a folder of its own. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@serendip/training-domain';

export interface Rating {
  readonly userId: string;
  readonly itemId: string;
  readonly value: number;
  /** Epoch milliseconds. */
  readonly timeMs: number;
  readonly line: string;
}

/** Ratings by time; those of the same second in the file's order, which is each user's own. */
export function readTimeline(dir: string): readonly Rating[] {
  const file = join(dir, 'ratings.dat');
  if (!existsSync(file)) throw new Error(`${file} is not there: --data names a folder of MovieLens 1M (ratings.dat, movies.dat, users.dat).`);
  const ratings = readFileSync(file, 'latin1').split('\n').filter((line) => line !== '').map((line): Rating => {
    const [userId = '', itemId = '', value, seconds] = line.trim().split('::');
    return { userId, itemId, value: Number(value), timeMs: Number(seconds) * 1000, line };
  });
  return ratings.sort((a, b) => a.timeMs - b.timeMs);
}

/** Writes what is known at the split as a MovieLens folder, with every film and viewer; answers its path. */
export function writeKnown(dir: string, scratch: string, known: readonly Rating[]): string {
  const folder = join(scratch, 'known');
  mkdirSync(folder, { recursive: true });
  for (const name of ['movies.dat', 'users.dat']) copyFileSync(join(dir, name), join(folder, name));
  writeFileSync(join(folder, 'ratings.dat'), known.map(({ line }) => line).join('\n'), 'latin1');
  return folder;
}

/** `count` different places of `from … to)`, ascending, the same for the same seed. */
export function samplePlaces({ from, to, count, seed }: { readonly from: number; readonly to: number; readonly count: number; readonly seed: number }): readonly number[] {
  const places = Int32Array.from({ length: to - from }, (_, i) => from + i);
  new Random(seed).shuffle(places);
  return [...places.subarray(0, count)].sort((a, b) => a - b);
}
