import { BLOCK_ROWS, VectorColumns } from './vector-columns.js';

/** Vectors of rows, one after the other: rows × dimension. */
export interface VectorTable {
  readonly dimension: number;
  readonly vectors: Float32Array;
}

const ROUNDS = 6;
/** Rows that say where a centre is to be. */
const SAMPLE_PER_CENTRE = 64;

/**
 * Puts rows into about `groups` groups of rows that are near each other, and answers each one's group: k-means in two levels, so that it takes time proportional to
 * rows × √groups. Groups are numbered from 0; none is empty.
 */
export function groupsOf(table: VectorTable, groups: number, random: () => number): { readonly groupOf: Int32Array; readonly count: number } {
  const size = table.vectors.length / table.dimension;
  const groupOf = new Int32Array(size);
  let count = 0;
  for (const members of parted(table, Int32Array.from({ length: size }, (_, row) => row), Math.round(Math.sqrt(groups)), random)) {
    for (const part of parted(table, members, Math.round((groups * members.length) / size), random)) {
      for (const row of part) groupOf[row] = count;
      count++;
    }
  }
  return { groupOf, count };
}

/** The rows in at most `parts` parts, each ascending as the rows are and none empty. */
function parted(table: VectorTable, rows: Int32Array, parts: number, random: () => number): readonly Int32Array[] {
  if (parts < 2 || rows.length <= parts) return [rows];
  const centres = centresOf(table, rows, Math.min(parts, BLOCK_ROWS), random);
  const nearest = Int32Array.from(rows, (row) => nearestOf(centres, vectorOf(table, row)));
  const sizes = new Int32Array(centres.capacity);
  for (const part of nearest) sizes[part]!++;
  const found = Array.from(sizes, (size) => new Int32Array(size));
  sizes.fill(0);
  nearest.forEach((part, i) => { found[part]![sizes[part]!++] = rows[i]!; });
  return found.filter(({ length }) => length > 0);
}

/** Centres by k-means over a sample; `write` gives each the bias that makes the nearest one that with the highest score. */
function centresOf(table: VectorTable, rows: Int32Array, count: number, random: () => number): VectorColumns {
  const { dimension } = table;
  const wanted = Math.min(rows.length, count * SAMPLE_PER_CENTRE);
  const every = rows.length / wanted;
  const sample = Int32Array.from({ length: wanted }, (_, i) => rows[Math.floor((i + random()) * every)]!);
  const centres = new VectorColumns(dimension, count);
  for (let c = 0; c < count; c++) writeCentre(centres, c, vectorOf(table, sample[Math.floor(((c + random()) * wanted) / count)]!));
  const sums = new Float64Array(count * dimension);
  const sizes = new Int32Array(count);
  for (let round = 0; round < ROUNDS; round++) {
    sums.fill(0);
    sizes.fill(0);
    for (const row of sample) {
      const vector = vectorOf(table, row);
      const centre = nearestOf(centres, vector);
      sizes[centre]!++;
      for (let c = 0, at = centre * dimension; c < dimension; c++, at++) sums[at]! += vector[c]!;
    }
    for (let centre = 0; centre < count; centre++) {
      const size = sizes[centre]!;
      // One that nobody is near begins again at a row.
      writeCentre(centres, centre, size === 0
        ? vectorOf(table, sample[Math.floor(random() * wanted)]!)
        : Float32Array.from({ length: dimension }, (_, c) => sums[centre * dimension + c]! / size));
    }
  }
  return centres;
}

const vectorOf = ({ vectors, dimension }: VectorTable, row: number): Float32Array => vectors.subarray(row * dimension, (row + 1) * dimension);

function writeCentre(centres: VectorColumns, centre: number, vector: Float32Array): void {
  let square = 0;
  for (let c = 0; c < vector.length; c++) square += vector[c]! * vector[c]!;
  centres.write(centre, vector, -square / 2);
}

function nearestOf(centres: VectorColumns, vector: Float32Array): number {
  centres.ask(vector);
  const count = centres.scan(0, centres.capacity, -Infinity);
  const { scores } = centres;
  let nearest = 0;
  for (let centre = 1; centre < count; centre++) if (scores[centre]! > scores[nearest]!) nearest = centre;
  return nearest;
}
