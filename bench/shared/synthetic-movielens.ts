import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a folder in the format of MovieLens 1M with made-up ratings, the same for the same sizes; answers its path. */
export function syntheticMovieLens(parent: string, { users, films, ratings }: { readonly users: number; readonly films: number; readonly ratings: number }): string {
  const dir = join(parent, 'made-up-films');
  mkdirSync(dir, { recursive: true });
  let seed = 12345;
  const random = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const genres = ['Action', 'Comedy', 'Drama', 'Thriller', 'Romance', 'Sci-Fi'];
  writeFileSync(join(dir, 'movies.dat'), Array.from({ length: films }, (_, i) => `${i + 1}::Film ${i + 1} (${1950 + (i % 50)})::${genres[i % 6]}|${genres[(i * 7) % 6]}`).join('\n'));
  writeFileSync(join(dir, 'users.dat'), Array.from({ length: users }, (_, i) => `${i + 1}::${i % 2 ? 'F' : 'M'}::25::${i % 20}::00000`).join('\n'));
  const lines = Array.from({ length: ratings }, (_, i) => {
    const user = 1 + Math.floor((i / ratings) * users * 0.9 + random() * users * 0.1);
    const film = 1 + Math.floor(films * random() ** 2);
    return `${user}::${film}::${1 + Math.floor(random() * 5)}::${960_000_000 + i * 20}`;
  });
  writeFileSync(join(dir, 'ratings.dat'), lines.join('\n'));
  return dir;
}
