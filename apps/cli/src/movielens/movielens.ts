import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '@serendip/shared-errors';
import { parseRatings, type BadLine, type Ratings } from './ratings.js';

export interface Film {
  readonly id: string;
  readonly title: string;
  readonly categories: readonly string[];
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface Viewer {
  readonly id: string;
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface MovieLens {
  /** 100k or 1m, as its files show. */
  readonly format: '100k' | '1m';
  readonly films: readonly Film[];
  readonly viewers: readonly Viewer[];
  readonly ratings: Ratings;
  readonly bad: readonly BadLine[];
}

const latin1 = (dir: string, file: string): string => readFileSync(join(dir, file), 'latin1');
const linesOf = (text: string): readonly string[] => text.split(/\r?\n/).filter((line) => line !== '');

function yearOf(title: string): Readonly<Record<string, number>> {
  const match = /\((\d{4})\)\s*$/.exec(title);
  return match === null ? {} : { year: Number(match[1]) };
}

const ages: Readonly<Record<string, string>> = { 1: 'under 18', 18: '18-24', 25: '25-34', 35: '35-44', 45: '45-49', 50: '50-55', 56: '56+' };

function read1m(dir: string): MovieLens {
  const films = linesOf(latin1(dir, 'movies.dat')).map((line): Film => {
    const [id = '', title = '', genres = ''] = line.split('::');
    return { id, title, categories: genres.split('|').filter((genre) => genre !== ''), attributes: yearOf(title) };
  });
  const viewers = !existsSync(join(dir, 'users.dat')) ? [] : linesOf(latin1(dir, 'users.dat')).map((line): Viewer => {
    const [id = '', gender = '', age = '', occupation = ''] = line.split('::');
    return { id, attributes: { gender, age: ages[age] ?? age, occupation: `occupation-${occupation}` } };
  });
  const { ratings, bad } = parseRatings(latin1(dir, 'ratings.dat'), { file: 'ratings.dat', separator: '::' });
  return { format: '1m', films, viewers, ratings, bad };
}

function read100k(dir: string): MovieLens {
  const genres = linesOf(latin1(dir, 'u.genre')).map((line) => line.split('|')[0] ?? '').filter((genre) => genre !== '');
  const films = linesOf(latin1(dir, 'u.item')).map((line): Film => {
    const [id = '', title = '', , , , ...flags] = line.split('|');
    return { id, title, categories: genres.filter((_, i) => flags[i] === '1'), attributes: yearOf(title) };
  });
  const viewers = !existsSync(join(dir, 'u.user')) ? [] : linesOf(latin1(dir, 'u.user')).map((line): Viewer => {
    const [id = '', age = '', gender = '', occupation = ''] = line.split('|');
    return { id, attributes: { age: Number(age), gender, occupation } };
  });
  const { ratings, bad } = parseRatings(latin1(dir, 'u.data'), { file: 'u.data', separator: '\t' });
  return { format: '100k', films, viewers, ratings, bad };
}

/** Reads a MovieLens 100K or 1M folder. Throws NOT_FOUND/DATA_MISSING that names the file that is missing. */
export function readMovieLens(dir: string): MovieLens {
  if (!existsSync(dir) || !statSync(dir).isDirectory()) throw new DomainError('NOT_FOUND', 'DATA_MISSING', `There is no folder ${dir}.`);
  const has = (file: string): boolean => existsSync(join(dir, file));
  if (has('ratings.dat')) {
    if (!has('movies.dat')) throw new DomainError('NOT_FOUND', 'DATA_MISSING', `${dir} has ratings.dat but no movies.dat.`);
    return read1m(dir);
  }
  if (has('u.data')) {
    for (const file of ['u.item', 'u.genre']) if (!has(file)) throw new DomainError('NOT_FOUND', 'DATA_MISSING', `${dir} has u.data but no ${file}.`);
    return read100k(dir);
  }
  throw new DomainError('NOT_FOUND', 'DATA_MISSING', `${dir} is neither MovieLens 1M (ratings.dat, movies.dat) nor 100K (u.data, u.item, u.genre).`);
}
