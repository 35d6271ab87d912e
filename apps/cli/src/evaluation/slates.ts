import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ParquetFile } from '@serendip/platform-parquet';
import { EXIT, Failure } from '../commands/failure.js';

/** What counts as an answer to what was shown, as far as the export has it. */
export const OUTCOMES: readonly string[] = ['click', 'like', 'rating', 'add_to_cart', 'purchase'];

/** Slates as they were served: what people were shown, with features and what came of it. */
export interface Slates {
  /** Slate s is the rows `offsets[s] … offsets[s + 1])`, in the order of their places. */
  readonly offsets: Int32Array;
  readonly featureNames: readonly string[];
  /** Row-major, a column for each name; NaN for what was not logged. */
  readonly features: Float32Array;
  /** 1 where any outcome came of the row. */
  readonly relevant: Float32Array;
  /** How likely the item was in its place when it was shown; NaN where that was not logged. */
  readonly propensities: Float32Array;
  /** A number for each slate: slates of the same person have the same one. */
  readonly people: Int32Array;
  /** What the export says of what came of slates, whether it is asked for or not. */
  readonly outcomeTypes: readonly string[];
}

interface Shown {
  readonly person: string;
  readonly rows: Record<string, unknown>[];
}

const FEATURE = 'feature_';
const OUTCOME = 'outcome_';

/** Reads the examples of a folder that `serendip dataset export --point-in-time` wrote; rows without features are left out, and slates that have fewer than two then. Throws Failure. */
export async function readSlates(folder: string, outcomes: readonly string[] = OUTCOMES): Promise<Slates> {
  const place = join(folder, 'examples');
  const files = (await readdir(place).catch(() => [])).filter((name) => name.endsWith('.parquet')).sort();
  if (files.length === 0) throw new Failure(`There are no examples in '${folder}': \`serendip dataset export <id> --point-in-time --out ${folder}\` writes them.`, EXIT.usage);
  const tables = await Promise.all(files.map(async (name) => ParquetFile.open(await readFile(join(place, name)))));
  const columns = [...new Set(tables.flatMap((table) => table.columns))];
  const featureNames = columns.filter((name) => name.startsWith(FEATURE)).map((name) => name.slice(FEATURE.length));
  const counted = outcomes.map((type) => `${OUTCOME}${type}`).filter((name) => columns.includes(name));
  if (featureNames.length === 0) throw new Failure(`No slate in '${folder}' was logged with features: raise logShare of the placement, and collect.`, EXIT.refused);
  const wanted = ['recommendation_id', 'user_id', 'anonymous_id', 'place', 'propensity', ...counted, ...featureNames.map((name) => `${FEATURE}${name}`)];
  const slates: Shown[] = [];
  let latest: unknown;
  for (const table of tables) {
    for (const row of await table.rows({ columns: wanted.filter((name) => table.columns.includes(name)) })) {
      if (row['recommendation_id'] !== latest) slates.push({ person: String(row['user_id'] ?? row['anonymous_id'] ?? row['recommendation_id']), rows: [] });
      latest = row['recommendation_id'];
      if (featureNames.some((name) => row[`${FEATURE}${name}`] !== undefined)) slates.at(-1)!.rows.push(row);
    }
  }
  const kept = slates.filter(({ rows }) => rows.length > 1);
  if (kept.length === 0) throw new Failure(`No slate in '${folder}' was logged with features: raise logShare of the placement, and collect.`, EXIT.refused);
  return { ...columnsOf(kept, { featureNames, counted }), outcomeTypes: columns.filter((name) => name.startsWith(OUTCOME)).map((name) => name.slice(OUTCOME.length)) };
}

function columnsOf(slates: readonly Shown[], { featureNames, counted }: { readonly featureNames: readonly string[]; readonly counted: readonly string[] }): Omit<Slates, 'outcomeTypes'> {
  const rows = slates.flatMap((slate) => slate.rows.sort((a, b) => Number(a['place']) - Number(b['place'])));
  const offsets = new Int32Array(slates.length + 1);
  slates.forEach((slate, i) => { offsets[i + 1] = offsets[i]! + slate.rows.length; });
  const features = new Float32Array(rows.length * featureNames.length);
  rows.forEach((row, i) => featureNames.forEach((name, column) => { features[i * featureNames.length + column] = Number(row[`${FEATURE}${name}`] ?? NaN); }));
  const numbers = new Map<string, number>();
  const numberOf = (person: string): number => {
    if (!numbers.has(person)) numbers.set(person, numbers.size);
    return numbers.get(person)!;
  };
  return {
    offsets, featureNames, features,
    relevant: Float32Array.from(rows, (row) => (counted.some((name) => Number(row[name] ?? 0) > 0) ? 1 : 0)),
    propensities: Float32Array.from(rows, (row) => Number(row['propensity'] ?? NaN)),
    people: Int32Array.from(slates, ({ person }) => numberOf(person)),
  };
}

/** The columns that a model takes, in its order; what was not logged of a row is the mean that the model was trained with. Throws Failure for a feature that was not exported. */
export function featuresFor({ featureNames, features, relevant }: Slates, names: readonly string[], means: ArrayLike<number>): Float32Array {
  const columns = names.map((name) => featureNames.indexOf(name));
  const missing = names.find((_, i) => columns[i] === -1);
  if (missing !== undefined) throw new Failure(`The model takes '${missing}', and the export has no column of it: export slates that a ranker with it has answered, or --features replayed.`, EXIT.refused);
  const picked = new Float32Array(relevant.length * names.length);
  for (let row = 0, at = 0; row < relevant.length; row++) {
    for (const [i, column] of columns.entries()) {
      const value = features[row * featureNames.length + column]!;
      picked[at++] = Number.isNaN(value) ? means[i]! : value;
    }
  }
  return picked;
}

/** All slates but the latest, and the latest, by their share of all. */
export function split(slates: Slates, share: number): readonly [Slates, Slates] {
  const count = slates.offsets.length - 1;
  const at = count - Math.round(count * share);
  return [part(slates, 0, at), part(slates, at, count)];
}

function part({ offsets, featureNames, features, relevant, propensities, people, outcomeTypes }: Slates, from: number, to: number): Slates {
  const [first, end] = [offsets[from]!, offsets[to]!];
  return {
    featureNames, outcomeTypes, offsets: offsets.slice(from, to + 1).map((offset) => offset - first), features: features.subarray(first * featureNames.length, end * featureNames.length),
    relevant: relevant.subarray(first, end), propensities: propensities.subarray(first, end), people: people.subarray(from, to),
  };
}
