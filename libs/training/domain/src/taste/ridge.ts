/**
 * Solves (A + ridge · I) x = b for a symmetric positive semidefinite A of `size` rows by Cholesky's decomposition, in place: `matrix` (row-major,
 * its lower half) is overwritten, and `vector` holds b before and x after. `ridge` is above 0.
 */
export function solveRidge(matrix: Float64Array, vector: Float64Array, { size, ridge }: { readonly size: number; readonly ridge: number }): void {
  for (let row = 0; row < size; row++) {
    const at = row * size;
    for (let column = 0; column <= row; column++) {
      const other = column * size;
      let sum = matrix[at + column]! + (row === column ? ridge : 0);
      for (let k = 0; k < column; k++) sum -= matrix[at + k]! * matrix[other + k]!;
      matrix[at + column] = row === column ? Math.sqrt(sum) : sum / matrix[other + column]!;
    }
  }
  for (let row = 0; row < size; row++) {
    let sum = vector[row]!;
    for (let k = 0; k < row; k++) sum -= matrix[row * size + k]! * vector[k]!;
    vector[row] = sum / matrix[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = vector[row]!;
    for (let k = row + 1; k < size; k++) sum -= matrix[k * size + row]! * vector[k]!;
    vector[row] = sum / matrix[row * size + row]!;
  }
}
