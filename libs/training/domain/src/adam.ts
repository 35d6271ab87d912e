export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * Adam (Kingma & Ba 2015) over one array of parameters. `update` moves all of them; `updateRows` only the named rows of a
 * table (lazy Adam: the moments of a row rest while it has no gradient).
 */
export class Adam {
  private readonly mean: Float32Array;
  private readonly square: Float32Array;
  private readonly beta1: number;
  private readonly beta2: number;
  private readonly epsilon: number;
  private steps = 0;

  constructor(size: number, { beta1 = 0.9, beta2 = 0.98, epsilon = 1e-9 }: AdamOptions = {}) {
    this.mean = new Float32Array(size);
    this.square = new Float32Array(size);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  update(parameters: Float32Array, gradients: Float32Array, rate: number): void {
    this.steps++;
    this.move(parameters, 0, gradients, 0, parameters.length, rate);
  }

  /** Row `rows[i]` of `parameters`, `width` wide, takes the gradient in row i of `gradients`, for i < `count`. */
  updateRows(parameters: Float32Array, rows: Int32Array, gradients: Float32Array, { count, width, rate }: { readonly count: number; readonly width: number; readonly rate: number }): void {
    this.steps++;
    for (let i = 0; i < count; i++) this.move(parameters, rows[i]! * width, gradients, i * width, width, rate);
  }

  private corrected(rate: number): number {
    return (rate * Math.sqrt(1 - this.beta2 ** this.steps)) / (1 - this.beta1 ** this.steps);
  }

  private move(parameters: Float32Array, at: number, gradients: Float32Array, from: number, length: number, rate: number): void {
    const step = this.corrected(rate);
    const { mean, square, beta1, beta2, epsilon } = this;
    for (let i = 0; i < length; i++) {
      const gradient = gradients[from + i]!;
      const m = beta1 * mean[at + i]! + (1 - beta1) * gradient;
      const v = beta2 * square[at + i]! + (1 - beta2) * gradient * gradient;
      mean[at + i] = m;
      square[at + i] = v;
      parameters[at + i]! -= (step * m) / (Math.sqrt(v) + epsilon);
    }
  }
}
