/** Runs one loaded model. */
export abstract class RankerRuntime {
  /** Where it runs, for example cpu. */
  abstract readonly device: string;

  /** Scores of feature rows (row-major float32, `rows` × features), row-major `rows` × heads. */
  abstract run(features: Float32Array, rows: number): Promise<Float32Array>;

  abstract close(): Promise<void>;
}
