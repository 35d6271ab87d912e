/** Vectors as a trained retriever has them: of few independent directions, with some noise, and of different lengths. The same in every run. */
import { noise } from '../../shared/random.ts';

export const DIMENSION = 64;
const DIRECTIONS = 16;
const NOISE = 0.3;

export function vectorsOf(count: number, seed: number): Float32Array<ArrayBuffer> {
  const normal = normals(seed);
  const fixed = normals(1);
  const directions = Float32Array.from({ length: DIRECTIONS * DIMENSION }, fixed);
  const vectors = new Float32Array(count * DIMENSION);
  const along = new Float32Array(DIRECTIONS);
  for (let row = 0; row < count; row++) {
    for (let d = 0; d < DIRECTIONS; d++) along[d] = normal();
    const length = Math.exp(NOISE * normal());
    for (let c = 0; c < DIMENSION; c++) {
      let value = NOISE * normal();
      for (let d = 0; d < DIRECTIONS; d++) value += along[d]! * directions[d * DIMENSION + c]!;
      vectors[row * DIMENSION + c] = value * length;
    }
  }
  return vectors;
}

/** Sums of four even numbers, about as normal ones. */
function normals(seed: number): () => number {
  const even = noise(seed);
  return () => (even() + even() + even() + even()) / 2;
}
